package io.etcdrobustness.checker;

import io.etcdrobustness.checker.KnownIssue.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Bugs of etcd that are known, so that a reader is told what a violation looks like, and a test can
 * acknowledge what it cannot change.
 *
 * <p>An acknowledged issue excuses a violation only if all of this holds: the property is one that
 * the issue excuses, some member was seen to run an affected release, and the signature matches:
 * what triggers the bug did happen before. A property counts as {@link Finding.Status#KNOWN} only
 * if each single one of its violations is excused; one that is not keeps the verdict at Failed.
 *
 * <p>The price: a second, unknown bug with the same property, trigger and trace on an affected
 * release is excused along with the known one. That is why signatures ask for the trigger, why many
 * issues only hint at properties that a whole class of bugs breaks (Linearizable above all), and
 * why the right cure for an acknowledged issue is a release without it.
 *
 * <p>Affected releases are from etcd's change log and from the record that its robustness suite
 * keeps (tests/robustness/README.md).
 */
public final class KnownIssues {

  private static final Set<String> NOTHING = Set.of();
  private static final Set<String> LOST_EVENTS = Set.of("WatchReliable", "WatchResumable");
  private static final Set<String> DIVERGENCE = Set.of("MembersAgree", "NoCorruptionAlarm");
  private static final Set<String> LOST_STATE =
      Set.of("Linearizable", "RevisionMonotonic", "AcknowledgedWriteSurvives");

  /** Every known issue, by number. */
  public static final KnownIssues ALL =
      new KnownIssues(
          List.of(
              new KnownIssue(
                  "etcd-13766",
                  "members diverge after a crash under load",
                  AffectedVersions.since("3.5.0", "3.5.3"),
                  DIVERGENCE,
                  LOST_STATE,
                  (violation, run) -> run.crashedBefore(violation.time())),
              new KnownIssue(
                  "etcd-14370",
                  "a cluster of one member loses an acknowledged write when it crashes",
                  AffectedVersions.since("3.4.0", "3.4.21", "3.5.5"),
                  Set.of("AcknowledgedWriteSurvives", "RevisionMonotonic"),
                  Set.of("Linearizable"),
                  (violation, run) -> run.oneMember() && run.crashedBefore(violation.time())),
              new KnownIssue(
                  "etcd-14685",
                  "a crash in a defragmentation applies entries twice",
                  AffectedVersions.since("3.5.0", "3.5.6"),
                  DIVERGENCE,
                  LOST_STATE,
                  (violation, run) -> run.crashedInDefragmentBefore(violation.time())),
              new KnownIssue(
                  "etcd-14891",
                  "segmentation fault on a slow read-only txn whose context ended",
                  AffectedVersions.since("3.5.5", "3.5.7"),
                  Set.of("NoPanic"),
                  NOTHING,
                  Signature.words("sigsegv", "segmentation violation", "nil pointer")),
              new KnownIssue(
                  "etcd-15220",
                  "a progress notification overtakes events",
                  AffectedVersions.since("3.4.0", "3.4.25", "3.5.8"),
                  Set.of("WatchBookmarkable"),
                  NOTHING,
                  (violation, run) -> true),
              new KnownIssue(
                  "etcd-15247",
                  // The fix of 3.4.31 and 3.5.13 leaves a window: docs/findings.md.
                  "a stalled former leader revokes leases that the new one has renewed",
                  AffectedVersions.since("3.4.0"),
                  Set.of("LeaseNotExpiredEarly"),
                  Set.of("LockMutualExclusion"),
                  (violation, run) -> run.faultBefore(violation.time())),
              new KnownIssue(
                  "etcd-15271",
                  "a watch goes back in time after its member received a snapshot",
                  AffectedVersions.since("3.4.0", "3.4.25", "3.5.8"),
                  Set.of("WatchOrdered"),
                  Set.of("WatchUnique"),
                  (violation, run) -> run.snapshotBefore(violation.time())),
              new KnownIssue(
                  "etcd-17529",
                  "events are lost on a starved watch stream",
                  AffectedVersions.since("3.4.0", "3.4.31", "3.5.13"),
                  NOTHING,
                  LOST_EVENTS,
                  (violation, run) -> true),
              new KnownIssue(
                  "etcd-17780",
                  "the revision decreases after a crash in a compaction",
                  AffectedVersions.since("3.4.0", "3.4.32", "3.5.14"),
                  Set.of("RevisionMonotonic"),
                  Set.of("Linearizable", "AcknowledgedWriteSurvives"),
                  (violation, run) -> run.crashedInCompactionBefore(violation.time())),
              new KnownIssue(
                  "etcd-18055",
                  "panic when two snapshots are received in a short time",
                  AffectedVersions.since("3.4.0"),
                  Set.of("NoPanic"),
                  NOTHING,
                  Signature.words(
                      "failed to open snapshot backend", "snapshot file doesn't exist")),
              new KnownIssue(
                  "etcd-18089",
                  "a delete is lost to a watch when the compaction hits its revision",
                  AffectedVersions.since("3.4.0", "3.4.34", "3.5.16"),
                  LOST_EVENTS,
                  NOTHING,
                  (violation, run) -> run.compactedAt(violation.revision())),
              new KnownIssue(
                  "etcd-18667",
                  "a txn with a write and a read at a compacted revision makes members diverge",
                  AffectedVersions.since("3.4.0", "3.7.0"),
                  Set.of(
                      "MembersAgree",
                      "NoCorruptionAlarm",
                      "Linearizable",
                      "SerializableReadFromPast",
                      "WatchAtomic",
                      "WatchIsCreate",
                      "WatchPrevKV",
                      "WatchReliable"),
                  Set.of("RevisionMonotonic"),
                  KnownIssues::isOfATxnThatNobodyWaitsFor),
              new KnownIssue(
                  "etcd-19179",
                  "a delete is lost to a watch that starts at the compact revision",
                  AffectedVersions.since("3.4.0", "3.4.36", "3.5.18"),
                  LOST_EVENTS,
                  NOTHING,
                  (violation, run) -> run.compactedAt(violation.revision())),
              new KnownIssue(
                  "etcd-20221",
                  "a watch at a future revision is told of the past",
                  AffectedVersions.since("3.4.0", "3.4.38", "3.5.22", "3.6.2"),
                  Set.of("WatchReliable", "WatchResumable", "WatchBookmarkable"),
                  NOTHING,
                  (violation, run) -> run.involvesFutureWatch(violation)),
              new KnownIssue(
                  "etcd-20271",
                  "a snapshot applied during a defragmentation breaks the database file",
                  AffectedVersions.since("3.4.0", "3.4.38", "3.5.23", "3.6.5"),
                  Set.of("NoPanic"),
                  NOTHING,
                  Signature.words(
                      "page expected to be", "unexpected page type", "invalid page type")),
              new KnownIssue(
                  "etcd-20418",
                  "a linearizable read is stale after a member was paused",
                  AffectedVersions.since("3.4.20", "3.4.42", "3.5.28", "3.6.9"),
                  NOTHING,
                  Set.of("Linearizable"),
                  (violation, run) -> run.pauseBefore(violation.time())),
              new KnownIssue(
                  "etcd-20589",
                  "a leader renews a lease whose revoke it has still to apply",
                  AffectedVersions.since("3.7.0"),
                  Set.of("LeaseRevokedKeysGone"),
                  NOTHING,
                  (violation, run) -> run.renewedBeforeRevokeWasApplied(violation)),
              new KnownIssue(
                  "etcd-20615",
                  "a keep-alive renews a lease that is being revoked",
                  AffectedVersions.since("3.4.0", "3.4.38", "3.5.23", "3.6.5"),
                  Set.of("LeaseRevokedKeysGone"),
                  Set.of("LeaseNotExpiredEarly"),
                  (violation, run) -> run.involvesKeepAlive(violation)),
              new KnownIssue(
                  "etcd-20655",
                  "a watch at a negative revision makes other watches skip events",
                  AffectedVersions.since("3.4.0", "3.4.38", "3.5.24", "3.6.6"),
                  LOST_EVENTS,
                  NOTHING,
                  (violation, run) -> run.negativeWatchBefore(violation.time()))));

  /**
   * Members that hold different data answer differently; only that they do, proved by the final
   * reads, ties a read that is not linearizable to this bug. A lone member has nobody to differ
   * from but itself, before and after a crash.
   */
  private static boolean isOfATxnThatNobodyWaitsFor(Violation violation, Circumstances run) {
    if (!run.writeWithOldReadBefore(violation.time())) {
      return false;
    }
    return DIVERGENCE.contains(violation.property())
        || LOST_STATE.contains(violation.property()) && run.diverged()
        || run.keptIfReplayed();
  }

  /** No issue: nothing is excused. */
  public static final KnownIssues NONE = new KnownIssues(List.of());

  private final List<KnownIssue> issues;

  private KnownIssues(List<KnownIssue> issues) {
    this.issues = List.copyOf(issues);
  }

  /**
   * Those of {@link #ALL} that a test acknowledges.
   *
   * @throws IllegalArgumentException if an id is unknown, or is one of an issue that has no
   *     signature of its own and so can excuse nothing
   */
  public static KnownIssues acknowledged(Set<String> ids) {
    List<KnownIssue> chosen = new ArrayList<>();
    for (String id : ids.stream().sorted().toList()) {
      KnownIssue issue =
          ALL.find(id)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "no known issue is called %s; there are: %s"
                          .formatted(
                              id,
                              String.join(
                                  ", ", ALL.issues.stream().map(KnownIssue::id).toList()))));
      if (issue.excuses().isEmpty()) {
        throw new IllegalArgumentException(
            "%s (%s) cannot be acknowledged: nothing in a history tells it from other bugs; exclude the property instead, which is %s"
                .formatted(
                    id,
                    issue.title(),
                    String.join(", ", issue.suggests().stream().sorted().toList())));
      }
      chosen.add(issue);
    }
    return new KnownIssues(chosen);
  }

  /** The issues, by number. */
  public List<KnownIssue> issues() {
    return issues;
  }

  /** The issue of this id. */
  public Optional<KnownIssue> find(String id) {
    return issues.stream().filter(issue -> issue.id().equals(id)).findFirst();
  }

  /** Ids of the issues that {@code violation} looks like. */
  List<String> resembling(Violation violation, Circumstances circumstances) {
    return issues.stream()
        .filter(issue -> issue.resembles(violation, circumstances))
        .map(KnownIssue::id)
        .toList();
  }

  /** Ids of the issues that account for {@code violation}; empty: nothing excuses it. */
  List<String> accountingFor(Violation violation, Circumstances circumstances) {
    return issues.stream()
        .filter(issue -> issue.accountsFor(violation, circumstances))
        .map(KnownIssue::id)
        .toList();
  }
}
