package io.etcdrobustness.runs.vm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The digest of everything that the guest and the run have said to each other, and what it was at
 * each full second of the guest's clock: two executions are the same if and only if it is.
 */
final class Identity {

  private static final long SECOND = 1_000_000_000;

  private final MessageDigest digest = sha256();
  private final List<Checkpoint> checkpoints = new ArrayList<>();
  private long turns;
  private long next = SECOND;

  /**
   * What the digest was when a second was full.
   *
   * @param nanos of the guest's clock, at the turn's begin
   * @param turns that were taken before
   */
  record Checkpoint(long nanos, long turns, String digest) {}

  /** Takes in what the guest said. */
  void said(byte[] turn) {
    long now = ByteBuffer.wrap(turn).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (now >= next) {
      checkpoints.add(new Checkpoint(now, turns, now()));
      next = (now / SECOND + 1) * SECOND;
    }
    turns++;
    digest.update(turn);
  }

  /** Takes in what the run answered. */
  void answered(byte[] turn) {
    digest.update(turn);
  }

  List<Checkpoint> checkpoints() {
    return List.copyOf(checkpoints);
  }

  long turns() {
    return turns;
  }

  /** The digest of all so far. */
  String now() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException("every JDK's SHA-256 can be copied", impossible);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
