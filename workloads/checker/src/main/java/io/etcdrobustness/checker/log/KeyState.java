package io.etcdrobustness.checker.log;

/** What is known of one key at one revision. */
public sealed interface KeyState {

  /** The key existed, as {@code put} left it. */
  record Present(Change put) implements KeyState {}

  /** The key did not exist. */
  record Absent() implements KeyState {}

  /** The witnesses do not suffice to tell. */
  record NotKnown() implements KeyState {}
}
