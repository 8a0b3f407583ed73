package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Request.SortOrder;
import io.etcdrobustness.history.Request.SortTarget;
import java.util.List;

/** Draws reads: every option of a range by itself and together with others. */
record Reads(RandomSource random, Observed observed, Keys keys) {

  /** The newest state of one key. */
  Range get() {
    return Range.of(keys.any(random), "");
  }

  /** The newest state of all keys or of a group. */
  Range list() {
    KeyRange range = random.chance(0.5) ? keys.all() : keys.group(random);
    return Range.of(range.key(), range.end());
  }

  /** A read at a revision of its own: past, compacted, future. */
  Range historical() {
    Revisions revisions = new Revisions(random, observed);
    return of(keys.anyRange(random))
        .atRevision(random.chance(0.07) ? revisions.future() : revisions.past());
  }

  /** A read that the asked member answers from its own store. */
  Range serializable() {
    Range range = of(keys.anyRange(random)).asSerializable();
    return random.chance(0.2) ? range.atRevision(new Revisions(random, observed).past()) : range;
  }

  /** A read of the newest state with any options. */
  Range any() {
    return of(keys.anyRange(random));
  }

  /** Any options but a revision. */
  private Range of(KeyRange keys) {
    SortOrder order =
        random.chance(0.3) ? random.pick(List.of(SortOrder.values())) : SortOrder.NONE;
    SortTarget target =
        random.chance(0.3) ? random.pick(List.of(SortTarget.values())) : SortTarget.KEY;
    return new Range(
        keys.key(),
        keys.end(),
        random.chance(0.3) ? random.between(1, 5) : 0,
        0,
        order,
        target,
        false,
        random.chance(0.1),
        random.chance(0.1),
        bound(),
        bound(),
        bound(),
        bound());
  }

  /** A bound on a key's revision; mostly none. */
  private long bound() {
    return random.chance(0.05) ? Math.max(1, observed.revision() - random.nextLong(200)) : 0;
  }
}
