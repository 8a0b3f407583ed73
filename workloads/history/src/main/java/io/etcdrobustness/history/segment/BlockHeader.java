package io.etcdrobustness.history.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What stands before the content of a block.
 *
 * @param length bytes of the content
 * @param kind {@link SegmentFolder#ENTRIES}, {@link SegmentFolder#HAPPENINGS}, {@link
 *     SegmentFolder#NOTE}, {@link SegmentFolder#CONTINUED}, {@link SegmentFolder#CLOSED} or {@link
 *     SegmentFolder#AHEAD}
 * @param entries number of them in the content
 * @param content CRC-32C of the content
 * @param earliestCall the first call of an operation in it, {@link Long#MAX_VALUE} if it has none;
 *     whoever goes through in the order of calls knows by it what he need not wait for; of {@link
 *     SegmentFolder#AHEAD}, before which nothing is called of what is recorded behind it
 * @param earliestMessage the same of the messages of watches
 */
record BlockHeader(
    int length, int kind, int entries, int content, long earliestCall, long earliestMessage) {

  /**
   * The header with its checksum, in which the checksum before it takes part: a block that is
   * missing, or stands twice, is noticed by the one behind it.
   */
  byte[] encode(int previous) {
    ByteBuffer bytes = ByteBuffer.allocate(SegmentFolder.BLOCK_HEADER);
    bytes.putInt(length).putInt(kind).putInt(entries).putInt(content);
    bytes.putLong(earliestCall).putLong(earliestMessage);
    bytes.putInt(checksum(previous, bytes.array()));
    return bytes.array();
  }

  /** What stands in {@code header}; in the first version anything may be in a block of entries. */
  static BlockHeader decode(byte[] header) {
    ByteBuffer bytes = ByteBuffer.wrap(header);
    boolean timed = header.length == SegmentFolder.BLOCK_HEADER;
    int kind = bytes.getInt(4);
    return new BlockHeader(
        bytes.getInt(0),
        !timed && kind == SegmentFolder.ENTRIES ? SegmentFolder.HAPPENINGS : kind,
        bytes.getInt(8),
        bytes.getInt(12),
        timed ? bytes.getLong(16) : Long.MIN_VALUE,
        timed ? bytes.getLong(24) : Long.MIN_VALUE);
  }

  /** Whether the block holds entries. */
  boolean hasEntries() {
    return kind == SegmentFolder.ENTRIES || kind == SegmentFolder.HAPPENINGS;
  }

  /** CRC-32C of the checksum before this header and of all of its bytes before its own checksum. */
  static int checksum(int previous, byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, previous));
    crc.update(header, 0, header.length - Integer.BYTES);
    return (int) crc.getValue();
  }

  /** The checksum that stands in an encoded header. */
  static int checksumIn(byte[] header) {
    return ByteBuffer.wrap(header).getInt(header.length - Integer.BYTES);
  }
}
