package io.etcdrobustness.faults.agent;

import java.nio.ByteBuffer;

/**
 * A piece of a member's log.
 *
 * @param from where it begins; not where it was asked for if that log is gone
 * @param bytes none if that was the end, for now
 */
public record LogChunk(LogPosition from, ByteBuffer bytes) {

  public LogChunk {
    bytes = bytes.asReadOnlyBuffer();
  }

  /** Where the next one begins. */
  public LogPosition next() {
    return new LogPosition(from.log(), from.offset() + bytes.remaining());
  }

  /** What it says; each call begins at its beginning. */
  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }
}
