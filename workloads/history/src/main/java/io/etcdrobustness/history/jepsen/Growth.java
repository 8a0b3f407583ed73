package io.etcdrobustness.history.jepsen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How one key grew, as all that was read of it tells: the elements in layers, of which each was
 * there before the next came. A read saw the first so many layers.
 *
 * <p>Of a list the order of all elements is known, and each is a layer. Of a set two reads tell
 * only what came between them.
 */
final class Growth {

  /** How a key holds its elements. */
  enum Kind {
    /** In the order in which they were added. */
    LIST,
    /** In no order. */
    SET
  }

  private final List<List<Edn>> layers = new ArrayList<>();
  private final Map<Integer, Integer> layersOfSize = new HashMap<>();
  private final Kind kind;

  /**
   * The growth that {@code contents}, in any order, tell of. Where they contradict each other it is
   * one of those that explain as much as possible.
   */
  Growth(Kind kind, List<List<Edn>> contents) {
    this.kind = kind;
    switch (kind) {
      case LIST ->
          contents.stream()
              .max((a, b) -> Integer.compare(a.size(), b.size()))
              .ifPresent(longest -> longest.forEach(element -> layers.add(List.of(element))));
      case SET -> {
        TreeMap<Integer, List<Edn>> bySize = new TreeMap<>();
        contents.forEach(content -> bySize.putIfAbsent(content.size(), content));
        Set<Edn> there = new HashSet<>();
        bySize.forEach((size, content) -> {
          List<Edn> more = content.stream().filter(there::add).toList();
          if (!more.isEmpty()) {
            layers.add(more);
          }
          layersOfSize.put(size, layers.size());
        });
      }
    }
  }

  /** The elements, layer by layer. */
  List<List<Edn>> layers() {
    return layers;
  }

  /** How many layers a read saw that saw {@code content}. */
  int seen(List<Edn> content) {
    return switch (kind) {
      case LIST -> {
        int common = 0;
        while (common < content.size()
            && common < layers.size()
            && layers.get(common).getFirst().equals(content.get(common))) {
          common++;
        }
        yield common;
      }
      case SET -> layersOfSize.getOrDefault(content.size(), 0);
    };
  }
}
