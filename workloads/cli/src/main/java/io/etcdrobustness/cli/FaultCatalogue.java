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
    };
  }
}
