package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What stands at the beginning of a segment.
 *
 * @param number of the segment, from 1
 * @param previous the checksum of the last block's header in the segment before, 0 in the first
 */
record SegmentHeader(int version, int number, int previous, History.Facts facts) {

  private static final int EMPTY_AT_START = 1;
  private static final int AUTO_COMPACTION = 2;
  private static final int OTHER_WRITERS = 4;
  private static final int UNIQUE_VALUES = 8;
  private static final int READ_AT_START = 16;

  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(SegmentFolder.HEADER);
    bytes
        .putLong(SegmentFolder.MAGIC)
        .putInt(version)
        .putInt(number)
        .putInt(previous)
        .putInt(
            start(facts.start())
                | (facts.autoCompaction() ? AUTO_COMPACTION : 0)
                | (facts.otherWriters() ? OTHER_WRITERS : 0)
                | (facts.uniqueValues() ? UNIQUE_VALUES : 0));
    bytes.putInt(checksum(bytes.array()));
    return bytes.array();
  }

  /** Of bytes whose {@link #checksum} is right. */
  static SegmentHeader decode(ByteBuffer bytes) {
    int version = bytes.getInt(8);
    int facts = bytes.getInt(20);
    return new SegmentHeader(
        version,
        bytes.getInt(12),
        bytes.getInt(16),
        new History.Facts(
            start(facts),
            (facts & AUTO_COMPACTION) != 0,
            (facts & OTHER_WRITERS) != 0,
            (facts & UNIQUE_VALUES) != 0));
  }

  private static int start(History.Start start) {
    return switch (start) {
      case EMPTY -> EMPTY_AT_START;
      case UNKNOWN -> 0;
      case READ -> READ_AT_START;
    };
  }

  private static History.Start start(int facts) {
    if ((facts & EMPTY_AT_START) != 0) {
      return History.Start.EMPTY;
    }
    return (facts & READ_AT_START) != 0 ? History.Start.READ : History.Start.UNKNOWN;
  }

  /** CRC-32C of all bytes of a header before the checksum in it. */
  static int checksum(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, SegmentFolder.HEADER - Integer.BYTES);
    return (int) crc.getValue();
  }
}
