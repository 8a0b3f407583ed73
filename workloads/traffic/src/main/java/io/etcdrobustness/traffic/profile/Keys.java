package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The keys of a profile: few, so that clients meet on them, in groups of a common prefix.
 *
 * @param root what all of them begin with
 * @param names all of them, sorted
 */
record Keys(String root, List<String> names) {

  private static final int GROUPS = 3;

  Keys {
    names = List.copyOf(names);
  }

  /** {@code count} keys {@code <root><group>/<number>}. */
  static Keys of(String root, int count) {
    return new Keys(
        root,
        IntStream.range(0, count).mapToObj(i -> root + i % GROUPS + "/" + i).sorted().toList());
  }

  /** One of them. */
  String any(RandomSource random) {
    return random.pick(names);
  }

  /** All of them. */
  KeyRange all() {
    return KeyRange.prefix(root);
  }

  /** One key, a group, a stretch, all from one key on, or all. */
  KeyRange anyRange(RandomSource random) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> KeyRange.one(any(random));
      case 2 -> group(random);
      case 3 -> stretch(random);
      case 4 -> new KeyRange(any(random), "\0");
      default -> all();
    };
  }

  /** The keys of one prefix below the root. */
  KeyRange group(RandomSource random) {
    String name = any(random);
    return KeyRange.prefix(name.substring(0, name.lastIndexOf('/') + 1));
  }

  /** From one key to before another one. */
  KeyRange stretch(RandomSource random) {
    int from = random.nextInt(names.size());
    int to = from + 1 + random.nextInt(names.size() - from);
    return new KeyRange(names.get(from), to == names.size() ? all().end() : names.get(to));
  }
}
