package io.etcdrobustness.checker;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Watch;
import java.util.ArrayDeque;
import java.util.Set;

/**
 * The last stretch of a record that is being written, as a history of its own, to tell a violation
 * before the record ends. What is in flight is not in it and may take effect all the same, and so
 * may what came before; so it is judged as a history of a store about which nothing is known, to
 * which others write. What is broken even so is broken in the whole.
 */
public final class Excerpt {

  /**
   * The properties of which that is true: their violations are contradictions that no further entry
   * resolves. Others may be excused by what is recorded later (a fault, the replacement of a
   * member, a late event), say nothing where others write (leases, locks), or compare with what one
   * answer or watch told, where another one that is missing shows that this was the wrong one.
   */
  private static final Set<String> CERTAIN =
      Set.of("Linearizable", "RevisionMonotonic", "WatchOrdered", "WatchUnique", "WatchFilter");

  /**
   * The same where nothing is missing at the beginning: what a watch promised depends on which
   * others its client had open.
   */
  private static final Set<String> CERTAIN_FROM_THE_START = Set.of("WatchBookmarkable");

  private final History.Facts facts;
  private final int most;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private boolean fromTheStart;

  /**
   * Nothing yet.
   *
   * @param facts of the record
   * @param fromTheStart whether what comes is the beginning of the record
   * @param most how many entries are kept
   */
  public Excerpt(History.Facts facts, boolean fromTheStart, int most) {
    this.facts = facts;
    this.fromTheStart = fromTheStart;
    this.most = most;
  }

  /** Whether a violation of {@code property} in this excerpt is one in the whole. */
  public boolean convicts(Property property) {
    return CERTAIN.contains(property.name())
        || (fromTheStart && CERTAIN_FROM_THE_START.contains(property.name()));
  }

  /** Takes the next entry, in the order of recording. */
  public void add(Entry entry) {
    entries.add(entry);
    if (entries.size() > most) {
      entries.remove();
      fromTheStart = false;
    }
  }

  /**
   * What is kept, as a history to judge {@code property} by. A watch that tells untruths must not
   * make others accused, where the answer that gives it the lie is not in the excerpt: so what is
   * not about watches is judged without them.
   */
  public History history(Property property) {
    return History.of(
        new History.Facts(
            fromTheStart ? facts.start() : History.Start.UNKNOWN, true, true, facts.uniqueValues()),
        entries.stream()
            .filter(entry -> !(entry instanceof Watch) || property.name().startsWith("Watch"))
            .toList());
  }
}
