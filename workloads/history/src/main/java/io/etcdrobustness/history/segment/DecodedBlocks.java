package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Blocks that one of two cursors has decoded and the other one wants as well. The two go at about
 * the same pace, so a few are kept; what is dropped is decoded again.
 */
final class DecodedBlocks {

  private static final int MOST = 16;

  private final Map<Place, Entry[]> blocks = new LinkedHashMap<>();

  private record Place(Path file, long position) {}

  /** Takes out the block at {@code position} of {@code file}; empty if it must be decoded. */
  Optional<Entry[]> take(Path file, long position) {
    return Optional.ofNullable(blocks.remove(new Place(file, position)));
  }

  /** Keeps a block for the other cursor, if that wants it. */
  void keep(BlockHeader header, Path file, long position, Entry[] entries) {
    if (header.earliestCall() == Long.MAX_VALUE || header.earliestMessage() == Long.MAX_VALUE) {
      return;
    }
    blocks.put(new Place(file, position), entries);
    if (blocks.size() > MOST) {
      blocks.remove(blocks.keySet().iterator().next());
    }
  }
}
