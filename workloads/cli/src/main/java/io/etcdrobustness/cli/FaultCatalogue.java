package io.etcdrobustness.cli;

import io.etcdrobustness.spec.FaultsSpec.FaultType;

/** What each kind of fault does and how its effect is measured, for people. */
final class FaultCatalogue {

  private FaultCatalogue() {}

  static String meaning(FaultType type) {
    return switch (type) {
      case Kill ->
          "SIGKILL, and a start on the same disk when the fault ends. Proof: the process ended by"
              + " signal 9 and another one runs.";
      case Pause ->
          "SIGSTOP, and SIGCONT when the fault ends. Proof: the process was seen in state T.";
      case Partition ->
          "No byte passes on the links of a shape: One, Leader, Minority, Halves, Bridge,"
              + " MajoritiesRing; in both directions or one. Proof: bytes or dials withheld, none"
              + " passed.";
      case Delay ->
          "Bytes pass late on the target's links, in order, with jitter. Proof: the delay measured.";
      case Reset ->
          "Connections of the target's links are reset (RST), again and again. Proof: connections"
              + " that were reset.";
      case Stall ->
          "Bytes are held back on the target's links and all delivered when the fault ends. Proof:"
              + " bytes that were held.";
      case ClientPartition ->
          "Clients that are pinned to the target do not reach it; the others and its peers do."
              + " Proof: bytes or connections withheld.";
      case PodDelete ->
          "The member's pod is deleted, at once or gracefully, and another takes its place; only in"
              + " Kubernetes. Proof: a pod of another uid, whose member serves.";
      case PodEvict ->
          "The member's pod is evicted, as for a node's maintenance; only in Kubernetes. Proof: a"
              + " pod of another uid, whose member serves.";
      case VolumeLoss ->
          "The member's volume is taken away with its pod, and the member replaced by a new one"
              + " (member remove, member add); only in Kubernetes. Proof: another volume, and a"
              + " member of another id that serves.";
      case NodeDrain ->
          "The member's node takes no more pods and the member's is evicted; it takes pods again"
              + " when the fault ends; only in Kubernetes, on more than one node. Proof: the pod"
              + " serves on another node.";
      case Loss ->
          "Packets on the target's links are lost, overtaken, doubled or corrupted, in percent; in"
              + " both directions or one; only on the substrate vm. Proof: segments that TCP sent"
              + " again, or received twice, out of order or with a wrong checksum.";
      case PowerLoss ->
          "SIGKILL, and the disk loses what was not synced; mounted again, and the member started,"
              + " when the fault ends; only on the substrate vm, not on storage of type Memory."
              + " Proof: the member's data were gone meanwhile, and are back.";
      case DiskFull ->
          "All but a little of the member's disk is taken and given back at the end; etcd ends by"
              + " itself if it needs room, and is started again then; only on the substrate vm."
              + " Proof: a write that failed for want of space.";
      case SlowDisk ->
          "Each read and write of the member's disk is late; only on the substrate vm, not on"
              + " storage of type Memory. Proof: the kernel's count of requests and of the time that"
              + " they took.";
      case FailingDisk ->
          "Writes to the member's disk, or reads too, fail with EIO, which ends etcd; when the fault"
              + " ends, the disk loses what was not synced and the member is started on it; only on"
              + " the substrate vm, not on storage of type Memory. Proof: errors in the member's log,"
              + " or its end.";
      case ClockOffset ->
          "The member is killed and started with its monotonic clock ahead, and once more, with the"
              + " clock of all, when the fault ends; only on the substrate vm. Proof: the offset that"
              + " the kernel tells of the process.";
      case Starve ->
          "The member is stopped and continued in a seeded rhythm, so that it runs for a share of the"
              + " time; only on the substrate vm. Proof: the stops in which the process was seen in"
              + " state T.";
    };
  }
}
