package io.etcdrobustness.checker;

import io.etcdrobustness.checker.members.MembersAgree;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/** What happened in a run, as far as the signatures of known issues ask for it. */
final class Circumstances {

  private static final long CRASH_AFTER_COMPACTION = 5_000_000_000L;

  private final History history;
  private final SortedSet<AffectedVersions.Version> versions;
  private final List<Long> crashes = new ArrayList<>();
  private final List<Long> snapshots = new ArrayList<>();
  private final Set<String> members = new HashSet<>();
  private final Set<Long> compactions = new HashSet<>();
  private final Set<Long> futureWatches = new HashSet<>();
  private long firstWriteWithOldRead = Long.MAX_VALUE;
  private long firstNegativeWatch = Long.MAX_VALUE;
  private final boolean diverged;
  private final Property property;
  private final BudgetFactory budgets;
  private Optional<Boolean> keptIfReplayed = Optional.empty();

  /**
   * Where {@code property} is broken.
   *
   * @param budgets for judging it again, where the history has to be told in another way
   */
  Circumstances(Evidence evidence, Property property, BudgetFactory budgets) {
    this.property = property;
    this.budgets = budgets;
    history = evidence.history();
    versions = AffectedVersions.seen(history);
    for (MemberEvent event : history.memberEvents()) {
      members.add(event.member());
      if (event.kind() == MemberEvent.Kind.EXITED) {
        crashes.add(event.time());
      } else if (event.kind() == MemberEvent.Kind.SNAPSHOT_RECEIVED) {
        snapshots.add(event.time());
      }
    }
    // Derived once: a property may bring thousands of violations to be compared.
    history.operations().forEach(this::note);
    Map<Long, Long> starts = new HashMap<>();
    history.watches().forEach(message -> note(message, starts));
    diverged =
        new MembersAgree().judge(evidence, Budget.UNLIMITED).status() == Finding.Status.VIOLATED;
  }

  /** The versions of etcd that the run met; empty if nobody told. */
  SortedSet<AffectedVersions.Version> versions() {
    return versions;
  }

  /** Whether the final reads show that members hold different data. */
  boolean diverged() {
    return diverged;
  }

  boolean oneMember() {
    return members.size() == 1;
  }

  /**
   * Whether nothing is broken if a lone member is taken to have executed, when it replayed its log,
   * what it had refused.
   */
  boolean keptIfReplayed() {
    boolean kept =
        keptIfReplayed.orElseGet(
            () -> oneMember() && new Retold(history).explains(property, budgets));
    keptIfReplayed = Optional.of(kept);
    return kept;
  }

  boolean crashedBefore(long time) {
    return crashes.stream().anyMatch(crash -> crash < time);
  }

  boolean snapshotBefore(long time) {
    return snapshots.stream().anyMatch(snapshot -> snapshot < time);
  }

  boolean faultBefore(long time) {
    return history.faults().stream().anyMatch(fault -> fault.start() < time);
  }

  boolean pauseBefore(long time) {
    return history.faults().stream()
            .anyMatch(fault -> fault.kind().equals("Pause") && fault.start() < time)
        || history.memberEvents().stream()
            .anyMatch(e -> e.kind() == MemberEvent.Kind.PAUSED && e.time() < time);
  }

  /** Whether a member ended while it was asked to defragment, before {@code time}. */
  boolean crashedInDefragmentBefore(long time) {
    return history.operations().stream()
        .filter(o -> o.request() instanceof Request.Defragment)
        .filter(o -> o.outcome() instanceof Outcome.Unknown)
        .anyMatch(o -> crashes.stream().anyMatch(c -> c < time && c >= o.call() && c <= o.end()));
  }

  /**
   * Whether a member ended shortly after a compaction was asked for, which goes on after its
   * answer.
   */
  boolean crashedInCompactionBefore(long time) {
    return history.operations().stream()
        .filter(o -> o.request() instanceof Request.Compact)
        .filter(o -> !(o.outcome() instanceof Outcome.Failed))
        .anyMatch(o ->
            crashes.stream()
                .anyMatch(
                    c -> c < time && c >= o.call() && c <= o.call() + CRASH_AFTER_COMPACTION));
  }

  /** Whether somebody asked to compact at exactly {@code revision}. */
  boolean compactedAt(long revision) {
    return compactions.contains(revision);
  }

  /**
   * Whether before {@code time} a txn that both writes and reads at an old revision was refused as
   * compacted, or got no answer.
   */
  boolean writeWithOldReadBefore(long time) {
    return firstWriteWithOldRead < time;
  }

  private void note(Operation operation) {
    if (operation.request() instanceof Request.Compact compact
        && !(operation.outcome() instanceof Outcome.Failed)) {
      compactions.add(compact.revision());
    }
    boolean refused =
        switch (operation.outcome()) {
          case Outcome.Ok _ -> false;
          case Outcome.Failed(Failure failure) -> failure.kind() == Failure.Kind.COMPACTED;
          case Outcome.Unknown _ -> true;
        };
    if (refused && operation.request() instanceof Request.Txn txn && writesAndReadsOld(txn)) {
      firstWriteWithOldRead = Math.min(firstWriteWithOldRead, operation.call());
    }
  }

  private void note(Watch message, Map<Long, Long> starts) {
    if (message instanceof Watch.Opened opened) {
      starts.put(opened.watch(), opened.startRevision());
      if (opened.startRevision() < 0) {
        firstNegativeWatch = Math.min(firstNegativeWatch, opened.time());
      }
    } else if (message instanceof Watch.Created created
        && created.header().revision() < starts.getOrDefault(created.watch(), 0L)) {
      futureWatches.add(created.watch());
    }
  }

  private static boolean writesAndReadsOld(Request.Txn txn) {
    return branchWritesAndReadsOld(txn.success()) || branchWritesAndReadsOld(txn.failure());
  }

  private static boolean branchWritesAndReadsOld(List<Request.InTxn> branch) {
    return branch.stream()
            .anyMatch(r -> r instanceof Request.Put || r instanceof Request.DeleteRange)
        && branch.stream().anyMatch(r -> r instanceof Request.Range range && range.revision() > 0);
  }

  /** Whether one of {@code violation}'s operations is a keep-alive that succeeded. */
  boolean involvesKeepAlive(Violation violation) {
    return history.operations().stream()
        .filter(o -> violation.operations().contains(o.id()))
        .anyMatch(o ->
            o.request() instanceof Request.LeaseKeepAlive && o.outcome() instanceof Outcome.Ok);
  }

  /**
   * Whether {@code violation} is of a keep-alive that was answered by a member that had not applied
   * the revoke, by its own account: a keep-alive tells the revision that was there before it.
   */
  boolean renewedBeforeRevokeWasApplied(Violation violation) {
    OptionalLong renewed = revision(violation, Response.LeaseKeptAlive.class);
    OptionalLong revoked = revision(violation, Response.LeaseRevoked.class);
    // A revoke of a lease without keys makes no revision.
    return renewed.isPresent() && revoked.isPresent() && renewed.getAsLong() <= revoked.getAsLong();
  }

  /** Of the one answer of this kind among {@code violation}'s. */
  private OptionalLong revision(Violation violation, Class<? extends Response> kind) {
    return history.operations().stream()
        .filter(o -> violation.operations().contains(o.id()))
        .flatMap(o -> o.outcome() instanceof Outcome.Ok(var answer) ? Stream.of(answer) : null)
        .filter(kind::isInstance)
        .mapToLong(answer -> answer.header().revision())
        .findFirst();
  }

  /** Whether one of {@code violation}'s watches was opened at a revision that was still to come. */
  boolean involvesFutureWatch(Violation violation) {
    return violation.watches().stream().anyMatch(futureWatches::contains);
  }

  /** Whether a watch of the run asked for a negative start revision before {@code time}. */
  boolean negativeWatchBefore(long time) {
    return firstNegativeWatch < time;
  }
}
