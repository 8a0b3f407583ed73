package io.etcdrobustness.operator.reports;

import io.etcdrobustness.operator.reports.RefusedReportException.Why;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One header of a tar archive as POSIX.1-1988 has it ({@code ustar}), files and folders alone.
 *
 * <p>Extensions are refused, not skipped: without them a header is 512 bytes and nothing of a
 * sender's choice is held in memory; and what one reader takes for a file another may take for a
 * link.
 *
 * @param name without a slash at its end
 * @param folder whether it is a folder, else a file
 * @param size bytes that follow, 0 of a folder
 */
record Ustar(String name, boolean folder, long size) {

  /** Everything in an archive comes in blocks of this many bytes. */
  static final int BLOCK = 512;

  private static final int NAME = 100;
  private static final int PREFIX = 155;
  private static final int AT_MODE = 100;
  private static final int AT_SIZE = 124;
  private static final int AT_CHECKSUM = 148;
  private static final int AT_TYPE = 156;
  private static final int AT_MAGIC = 257;
  private static final int AT_PREFIX = 345;
  private static final byte[] MAGIC = "ustar\u000000".getBytes(StandardCharsets.US_ASCII);

  /** The largest size that eleven octal digits can tell. */
  private static final long LARGEST = 077777777777L;

  /** Reads a header; the block of zeros at an archive's end is none. */
  static Ustar read(byte[] block) throws RefusedReportException {
    if (!Arrays.equals(block, AT_MAGIC, AT_MAGIC + MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw malformed("it is no tar archive in the format ustar; write it with tar --format=ustar");
    }
    if (octal(block, AT_CHECKSUM, 8) != checksum(block)) {
      throw malformed("the checksum of a tar header is wrong");
    }
    String prefix = text(block, AT_PREFIX, PREFIX);
    String last = text(block, 0, NAME);
    String name = prefix.isEmpty() ? last : prefix + "/" + last;
    long size = octal(block, AT_SIZE, 12);
    return switch (block[AT_TYPE]) {
      case '0', 0 -> new Ustar(name, false, size);
      case '5' -> {
        if (size != 0) {
          throw malformed("the folder %s has a size".formatted(quoted(name)));
        }
        yield new Ustar(name.endsWith("/") ? name.substring(0, name.length() - 1) : name, true, 0);
      }
      default ->
          throw malformed(
              "%s is neither a file nor a folder; a report holds no links and no devices"
                  .formatted(quoted(name)));
    };
  }

  /** Whether it is the block of zeros that ends an archive. */
  static boolean isEnd(byte[] block) {
    return Arrays.equals(block, new byte[BLOCK]);
  }

  /** The bytes that fill the last block after {@code size} bytes. */
  static int padding(long size) {
    return (int) ((BLOCK - size % BLOCK) % BLOCK);
  }

  /**
   * This header's block.
   *
   * @throws IllegalArgumentException if the format cannot hold it
   */
  byte[] block() {
    String path = folder ? name + "/" : name;
    byte[] all = path.getBytes(StandardCharsets.UTF_8);
    int cut = all.length <= NAME ? 0 : cut(all);
    if (cut < 0 || size > LARGEST) {
      throw new IllegalArgumentException(
          "no tar header can hold " + path + " of " + size + " bytes");
    }
    byte[] block = new byte[BLOCK];
    System.arraycopy(all, cut, block, 0, all.length - cut);
    System.arraycopy(all, 0, block, AT_PREFIX, Math.max(0, cut - 1));
    put(block, AT_MODE, folder ? "0000755" : "0000644");
    put(block, AT_MODE + 8, "0000000");
    put(block, AT_MODE + 16, "0000000");
    put(block, AT_SIZE, "%011o".formatted(size));
    put(block, AT_SIZE + 12, "00000000000");
    block[AT_TYPE] = (byte) (folder ? '5' : '0');
    System.arraycopy(MAGIC, 0, block, AT_MAGIC, MAGIC.length);
    put(block, AT_CHECKSUM, "%06o".formatted(checksum(block)));
    block[AT_CHECKSUM + 7] = ' ';
    return block;
  }

  /** Where the name begins behind the slash that ends the prefix; negative: nowhere. */
  private static int cut(byte[] path) {
    for (int i = Math.max(1, path.length - NAME - 1); i <= PREFIX && i < path.length - 1; i++) {
      if (path[i] == '/') {
        return i + 1;
      }
    }
    return -1;
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  /** The sum of all bytes, where the checksum itself counts as spaces. */
  private static long checksum(byte[] block) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= AT_CHECKSUM && i < AT_CHECKSUM + 8 ? ' ' : block[i] & 0xff;
    }
    return sum;
  }

  private static String text(byte[] block, int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.UTF_8);
  }

  private static long octal(byte[] block, int at, int length) throws RefusedReportException {
    long number = 0;
    boolean any = false;
    for (int i = at; i < at + length; i++) {
      byte digit = block[i];
      if (digit == 0 || digit == ' ') {
        if (any) {
          break;
        }
      } else if (digit < '0' || digit > '7') {
        throw malformed("a number in a tar header is not octal");
      } else {
        any = true;
        number = number * 8 + (digit - '0');
      }
    }
    return number;
  }

  /** A name that somebody else chose, fit for a log. */
  static String quoted(String name) {
    String shown = name.length() > 80 ? name.substring(0, 80) + "…" : name;
    StringBuilder quoted = new StringBuilder("'");
    shown.chars().forEach(c -> quoted.append(c < ' ' || c == 0x7f ? '?' : (char) c));
    return quoted.append("'").toString();
  }

  private static RefusedReportException malformed(String sentence) {
    return new RefusedReportException(Why.MALFORMED, sentence);
  }
}
