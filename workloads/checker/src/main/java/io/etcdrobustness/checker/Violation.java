package io.etcdrobustness.checker;

import java.util.List;

/**
 * A property broken, with the smallest evidence at hand.
 *
 * @param summary one sentence that a reader understands without the source: who did what when, what
 *     came back, why that is impossible. Times as seconds since the start, three digits
 * @param time when it showed, ns since the start
 * @param operations ids of the operations that together are impossible
 * @param watches ids of the watches that together are impossible
 * @param members names, or ids in hex where only these are known
 * @param revision the store's revision it is about, 0 for none
 * @param looksLike ids of the {@linkplain KnownIssues known issues} whose signature it bears, as a
 *     hint to the reader; {@link Judge} fills it in
 */
public record Violation(
    String property,
    String summary,
    long time,
    List<Long> operations,
    List<Long> watches,
    List<String> members,
    long revision,
    List<String> looksLike) {

  public Violation {
    operations = List.copyOf(operations);
    watches = List.copyOf(watches);
    members = List.copyOf(members);
    looksLike = List.copyOf(looksLike);
  }

  /** A violation as a property finds it: without a hint. */
  public Violation(
      String property,
      String summary,
      long time,
      List<Long> operations,
      List<Long> watches,
      List<String> members,
      long revision) {
    this(property, summary, time, operations, watches, members, revision, List.of());
  }

  /** This violation with the ids of the known issues that it looks like. */
  public Violation lookingLike(List<String> issues) {
    return new Violation(property, summary, time, operations, watches, members, revision, issues);
  }
}
