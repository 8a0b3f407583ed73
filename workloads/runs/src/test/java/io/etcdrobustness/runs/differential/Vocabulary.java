package io.etcdrobustness.runs.differential;

import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.history.ByteStrings;
import java.util.ArrayList;
import java.util.List;

/**
 * What random requests are about. Few of everything, so that requests meet; with what is odd and
 * what is wrong now and then.
 *
 * @param store as it is now: most revisions and leases are drawn from it
 * @param chosen leases whose ids etcd has chosen
 */
record Vocabulary(RandomSource random, Store store, List<Long> chosen) {

  /** More than twelve: Go sorts no more than that by insertion, which keeps ties in order. */
  private static final List<String> KEYS = keys();

  /** Longer than what a history holds whole; they differ in their first byte. */
  private static final List<String> LONG_VALUES =
      List.of("x".repeat(100), "y".repeat(65), "w\u00ff".repeat(40));

  private static final List<Long> LEASES = List.of(1L, 2L, 3L, 4L, Long.MAX_VALUE, -7L);

  private enum End {
    ONE_KEY,
    ALL_FROM_KEY,
    PREFIX,
    JUST_THE_KEY,
    OTHER_KEY,
    LAST_BYTE,
    NOTHING
  }

  private static final WeightedChoice<End> ENDS =
      WeightedChoice.<End>of()
          .with(45, End.ONE_KEY)
          .with(14, End.ALL_FROM_KEY)
          .with(18, End.PREFIX)
          .with(4, End.JUST_THE_KEY)
          .with(15, End.OTHER_KEY)
          .with(2, End.LAST_BYTE)
          .with(2, End.NOTHING);

  /** Else deletes would leave no keys. */
  private static final WeightedChoice<End> NARROW_ENDS =
      WeightedChoice.<End>of()
          .with(74, End.ONE_KEY)
          .with(1, End.ALL_FROM_KEY)
          .with(10, End.PREFIX)
          .with(6, End.JUST_THE_KEY)
          .with(6, End.OTHER_KEY)
          .with(1, End.LAST_BYTE)
          .with(2, End.NOTHING);

  private enum When {
    NOW,
    PAST,
    NEWEST,
    OLDEST,
    COMPACTED,
    FIRST,
    NEXT,
    FAR_AHEAD,
    NEGATIVE
  }

  private static final WeightedChoice<When> TIMES =
      WeightedChoice.<When>of()
          .with(600, When.NOW)
          .with(260, When.PAST)
          .with(50, When.NEWEST)
          .with(30, When.OLDEST)
          .with(20, When.COMPACTED)
          .with(10, When.FIRST)
          .with(15, When.NEXT)
          .with(10, When.FAR_AHEAD)
          .with(5, When.NEGATIVE);

  private static List<String> keys() {
    List<String> keys =
        new ArrayList<>(
            List.of("a", "a\0", "a/", "b", "b\u00ff", "c", "\0", "\0\0", "\u00ff", "\u00ff\u00ff"));
    for (int i = 0; i < 10; i++) {
      keys.add("a/" + i);
      keys.add("b/" + i);
    }
    return List.copyOf(keys);
  }

  String key() {
    return random.chance(0.003) ? "" : random.pick(KEYS);
  }

  /** The end of any range that begins at {@code key}. */
  String end(String key) {
    return end(ENDS.draw(random), key);
  }

  /** The end of a range that mostly holds few keys. */
  String narrowEnd(String key) {
    return end(NARROW_ENDS.draw(random), key);
  }

  private String end(End end, String key) {
    return switch (end) {
      case ONE_KEY -> "";
      case ALL_FROM_KEY -> "\0";
      case PREFIX -> ByteStrings.prefixEnd(key);
      case JUST_THE_KEY -> key + "\0";
      case OTHER_KEY -> random.pick(KEYS);
      case LAST_BYTE -> "\u00ff";
      case NOTHING -> key;
    };
  }

  /** Equal ones are likely, for ties. */
  String value() {
    return switch (random.nextInt(10)) {
      case 0 -> "";
      case 1 -> random.pick(LONG_VALUES);
      case 2, 3, 4 -> "u" + random.nextInt(1_000_000);
      default -> "v" + random.nextInt(4);
    };
  }

  /** The revision of a read; 0: the newest. */
  long revision() {
    return switch (TIMES.draw(random)) {
      case NOW -> 0;
      case PAST -> past();
      case NEWEST -> store.revision();
      case OLDEST -> store.compacted();
      case COMPACTED -> store.compacted() - random.between(1, 3);
      case FIRST -> 1;
      case NEXT -> store.revision() + 1;
      case FAR_AHEAD -> store.revision() + 1_000_000;
      case NEGATIVE -> -random.between(1, 3);
    };
  }

  /** A revision that can be read. */
  long past() {
    return random.between(Math.max(1, store.compacted()), store.revision());
  }

  /** {@code number}, or one that is close to it. */
  long near(long number) {
    return random.chance(0.6) ? number : number + random.between(-2, 2);
  }

  /** A lease that may live or not; rarely 0, which is none. */
  long lease() {
    int die = random.nextInt(20);
    return switch (die) {
      case 0 -> 0;
      case 1 -> 999;
      case 2, 3, 4 -> chosen.isEmpty() ? 999 : random.pick(chosen);
      default -> random.pick(LEASES);
    };
  }
}
