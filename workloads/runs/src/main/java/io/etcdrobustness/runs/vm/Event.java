package io.etcdrobustness.runs.vm;

/** What has happened in the guest. */
sealed interface Event {

  /** The guest is there: its first words. */
  record Hello(int version, byte[] random, String kernel) implements Event {}

  /** The answer to a {@link Command.Asked}; 0 is success, else an errno. */
  record Result(int sequence, int errno, byte[] bytes) implements Event {}

  /** A member's process has ended; the status is as {@code waitpid} tells it. */
  record Exited(int member, int status) implements Event {}

  /** A connection stands. */
  record Connected(int connection) implements Event {}

  /** Bytes came on a connection. */
  record Received(int connection, byte[] bytes) implements Event {}

  /** A connection is gone: an errno, 0 at an orderly end. */
  record Closed(int connection, int errno) implements Event {}

  /** The guest cannot go on. */
  record Fatal(String words) implements Event {}
}
