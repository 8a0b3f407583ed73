package io.etcdrobustness.faults.proxy;

/** What is done to bytes of one way of a link now: the most severe of the effects in force. */
sealed interface Gate {

  /** Bytes pass. */
  record Open() implements Gate {}

  /** Bytes pass late. */
  record Late(ActiveFault fault) implements Gate {}

  /** Bytes wait. */
  record Held() implements Gate {}

  /** Bytes are lost. */
  record Dropped() implements Gate {}
}
