package io.etcdrobustness.history.segment;

import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names, sizes and version of the format; see {@code docs/history-format.md}. */
final class SegmentFolder {

  /**
   * The first bytes of every segment. As in PNG, a byte that is no ASCII and a line feed show what
   * a transfer as text did to the file.
   */
  static final long MAGIC = 0x89_45_52_48_53_45_47_0aL; // \x89 E R H S E G \n

  /**
   * Raised by every change of the format, as with {@code history.file}. The header of a file stays
   * as it is in all versions.
   */
  static final int VERSION = 4;

  /** The first version: blocks did not say what is the earliest in them. */
  static final int VERSION_WITHOUT_TIMES = 1;

  /** Bytes before the first block. */
  static final int HEADER = 28;

  /** Bytes before the content of a block. */
  static final int BLOCK_HEADER = 36;

  private static final int BLOCK_HEADER_WITHOUT_TIMES = 20;

  /** A block holds operations and messages of watches. */
  static final int ENTRIES = 1;

  /** The history goes on in the next segment. */
  static final int CONTINUED = 2;

  /** The history was closed: nothing is missing behind it. */
  static final int CLOSED = 3;

  /** A block holds a note, in UTF-8, that goes with the history. */
  static final int NOTE = 4;

  /** A block holds entries, of which some are neither operations nor messages of watches. */
  static final int HAPPENINGS = 5;

  /** A block holds nothing; its header says how early what is not recorded yet may be. */
  static final int AHEAD = 6;

  /** The most entries of a block. */
  static final int BLOCK_ENTRIES = 4096;

  /** A block ends when its content has reached this many bytes, whatever the entries. */
  static final int BLOCK_BYTES = 1 << 20;

  /** The most bytes of a block's content: more than one message of etcd can fill. */
  static final int LONGEST_BLOCK = 1 << 28;

  /** The most txns within each other: more than JSON lines can hold, less than a stack can. */
  static final int DEEPEST = 500;

  private static final Pattern NAME = Pattern.compile("([0-9]{6})\\.seg");

  private SegmentFolder() {}

  /** Bytes before the content of a block in {@code version}. */
  static int blockHeader(int version) {
    return version == VERSION_WITHOUT_TIMES ? BLOCK_HEADER_WITHOUT_TIMES : BLOCK_HEADER;
  }

  /** The file of segment {@code number}, from 1. */
  static Path file(Path folder, int number) {
    return folder.resolve(name(number));
  }

  /** The name of that file. */
  static String name(int number) {
    return String.format(Locale.ROOT, "%06d.seg", number);
  }

  /** The number in a segment's name; empty if it is another file. */
  static OptionalInt number(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    return name.matches() ? OptionalInt.of(Integer.parseInt(name.group(1))) : OptionalInt.empty();
  }
}
