package io.etcdrobustness.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong in one file, and knows where its fields stand. */
final class Mistakes {

  /** A file with more of them is something else; nobody reads so many. */
  static final int MOST = 100;

  private final String file;
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, Node> keys = new HashMap<>();
  private final Set<String> paths = new HashSet<>();
  private final Set<String> distrusted = new HashSet<>();
  private final List<Mistake> found = new ArrayList<>();

  Mistakes(String file) {
    this.file = file;
  }

  /** Remembers where the value of a field stands. */
  void at(String path, Node node) {
    nodes.put(path, node);
  }

  /** Remembers where the name of a field stands. */
  void key(String path, Node node) {
    keys.put(path, node);
  }

  /** Where the name of this field stands. */
  Node keyOf(String path) {
    return Optional.ofNullable(keys.get(path)).orElseThrow();
  }

  /** Reports a mistake at the value of a field; if it is absent, at what it is absent from. */
  void add(String path, String message) {
    String place = path;
    while (!nodes.containsKey(place) && !place.isEmpty()) {
      place =
          place.substring(0, Math.max(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['))));
    }
    Node node = nodes.get(place);
    add(path, node == null ? Optional.empty() : node.getStartMark(), message);
  }

  /** Reports a mistake at a node. */
  void add(String path, Node node, String message) {
    add(path, node.getStartMark(), message);
  }

  /** Reports a mistake at a mark. */
  void add(String path, Optional<Mark> mark, String message) {
    add(
        path,
        mark.map(Mark::getLine).orElse(0) + 1,
        mark.map(Mark::getColumn).orElse(0) + 1,
        message);
  }

  /** Reports a mistake at a place. */
  void add(String path, int line, int column, String message) {
    paths.add(path);
    found.add(new Mistake(file, line, column, path, message));
  }

  /** Remembers that the value of a field, by default or not, is not what was meant. */
  void distrust(String path) {
    distrusted.add(path);
  }

  /** Whether the field stands in the file. */
  boolean knows(String path) {
    return nodes.containsKey(path) || keys.containsKey(path);
  }

  /** Whether something is wrong with this very field. */
  boolean isAt(String path) {
    return paths.contains(path);
  }

  /** Whether nothing is wrong. */
  boolean isEmpty() {
    return found.isEmpty();
  }

  /** The paths of fields whose values are not what was meant. */
  Set<String> paths() {
    Set<String> all = new HashSet<>(paths);
    all.addAll(distrusted);
    return all;
  }

  /** All, in the order of the file. */
  SpecException exception() {
    return new SpecException(
        found.stream()
            .sorted(Comparator.comparingInt(Mistake::line).thenComparingInt(Mistake::column))
            .limit(MOST)
            .toList());
  }
}
