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
    };
  }
}
