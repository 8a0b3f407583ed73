package io.etcdrobustness.history.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What stands before the content of a block.
 *
 * @param length bytes of the content
 * @param kind {@link SegmentFolder#ENTRIES}, {@link SegmentFolder#NOTE}, {@link
 *     SegmentFolder#CONTINUED} or {@link SegmentFolder#CLOSED}
 * @param entries number of them in the content
 * @param content CRC-32C of the content
 */
record BlockHeader(int length, int kind, int entries, int content) {

  /**
   * The header with its checksum, in which the checksum before it takes part: a block that is
   * missing, or stands twice, is noticed by the one behind it.
   */
  byte[] encode(int previous) {
    ByteBuffer bytes = ByteBuffer.allocate(SegmentFolder.BLOCK_HEADER);
    bytes.putInt(length).putInt(kind).putInt(entries).putInt(content);
    bytes.putInt(checksum(previous, bytes.array()));
    return bytes.array();
  }

  static BlockHeader decode(ByteBuffer bytes) {
    return new BlockHeader(bytes.getInt(0), bytes.getInt(4), bytes.getInt(8), bytes.getInt(12));
  }

  /** CRC-32C of the checksum before this header and of all of its bytes before its own checksum. */
  static int checksum(int previous, byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, previous));
    crc.update(header, 0, SegmentFolder.BLOCK_HEADER - Integer.BYTES);
    return (int) crc.getValue();
  }

  /** The checksum that stands in an encoded header. */
  static int checksumIn(byte[] header) {
    return ByteBuffer.wrap(header).getInt(SegmentFolder.BLOCK_HEADER - Integer.BYTES);
  }
}
