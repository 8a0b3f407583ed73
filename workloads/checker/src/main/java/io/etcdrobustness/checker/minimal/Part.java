package io.etcdrobustness.checker.minimal;

/** What can be left out of a history as one: an operation, or a watch with all its messages. */
sealed interface Part {

  /** The operation with this id. */
  record OfOperation(long id) implements Part {}

  /** All messages of this watch. */
  record OfWatch(long id) implements Part {}
}
