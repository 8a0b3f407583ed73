package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.Compactions;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.RevisionBounds;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Compaction takes away what it says, and nothing else.
 *
 * <p>Why each rule is sound (etcd {@code mvcc/kvstore.go}: compact, {@code kvstore_txn.go}:
 * rangeKeys; compactions and linearizable requests go through, or wait for, the raft log):
 *
 * <ul>
 *   <li>A linearizable range at revision q that is called after a compaction beyond q was
 *       acknowledged must be refused, and so must a second compaction at or below an acknowledged
 *       one. "Compacted" to an earlier request shows a compaction as well: whichever member said it
 *       had applied one, so that it stands in the log before whatever is called then.
 *   <li>"Compacted", to whatever request, needs a compaction beyond the revision asked for that was
 *       called before the answer came: an acknowledged one, one of unknown outcome, or one that
 *       nobody observed (members that compact by themselves, strangers, the time before the history
 *       of a store that was not new; the last cannot reach beyond the first revision that a
 *       linearizable answer told).
 *   <li>"Future revision" to a linearizable range or to a compaction is wrong if an earlier answer
 *       had told that revision before the request was called; success is wrong if the revision
 *       cannot have existed when the answer came.
 *   <li>A watch may be cancelled for compaction only if the revision it needs next lies below the
 *       compacted one (etcd {@code watcher_group.go}, chooseAll): it needs nothing below its start
 *       revision, and nothing up to the last event delivered.
 * </ul>
 */
public final class CompactionRespected implements Property {

  private static final String PROVED = "Compactions took away what they said, and nothing else.";

  @Override
  public String name() {
    return "CompactionRespected";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "What was compacted is refused, what was not compacted is served, and the future is neither"
            + " read nor compacted.",
        "A wrong 'compacted' makes every Kubernetes watcher list anew at once; a read of a compacted"
            + " revision answers from a history with holes.",
        "etcd docs, API guarantees and Maintenance: history compaction. etcd's robustness suite"
            + " leaves refused reads unjudged, so a wrong 'compacted' goes unseen there.",
        "Each success, 'compacted' and 'future revision' of reads and compactions, and each cancel"
            + " of a watch for compaction, against the compactions and revisions known before and"
            + " possible until then.",
        "List the compactions around the operation. After a crash during compaction compare the"
            + " members' compact revisions (HashKV tells them); issues 17780, 18089, 19179.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new CompactionFollower(this, PROVED, passing));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    Tally tally = new Tally(this, budget);
    new Pass(evidence, tally).judge();
    return tally.finding(PROVED);
  }

  /** The revision that {@code request} must find, once it was told of; unreachable if none. */
  static long asked(Request request) {
    return request instanceof Request.Compact compact
        ? compact.revision()
        : request instanceof Request.Range range && !range.serializable()
            ? range.revision()
            : Long.MAX_VALUE;
  }

  /** One pass over one history. */
  private static final class Pass {
    private final Evidence evidence;
    private final Tally tally;
    private final Compactions compactions;
    private final RevisionBounds bounds;

    Pass(Evidence evidence, Tally tally) {
      this.evidence = evidence;
      this.tally = tally;
      this.compactions = new Compactions(evidence.history(), evidence.revisionLog());
      this.bounds = new RevisionBounds(evidence.history(), evidence.revisionLog());
    }

    void judge() {
      List<Operation> byCall = evidence.history().operations();
      List<Operation> byEnd = new ArrayList<>(byCall);
      byEnd.removeIf(
          operation -> LinearizableAnswer.existing(operation) == LinearizableAnswer.NONE);
      byEnd.sort(Comparator.comparingLong(Operation::end));
      Optional<Operation> highest = Optional.empty();
      int ended = 0;
      for (Operation operation : byCall) {
        if (tally.exhausted()) {
          return;
        }
        while (ended < byEnd.size() && byEnd.get(ended).end() < operation.call()) {
          Operation earlier = byEnd.get(ended++);
          if (highest.isEmpty() || told(earlier) > told(highest.get())) {
            highest = Optional.of(earlier);
          }
        }
        switch (operation.outcome()) {
          case Outcome.Ok ignored -> succeeded(operation);
          case Outcome.Failed(Failure failure) -> failed(operation, failure.kind(), highest);
          case Outcome.Unknown ignored -> {}
        }
      }
      for (ObservedWatch watch : evidence.revisionLog().watches()) {
        canceled(watch);
      }
    }

    private void succeeded(Operation operation) {
      switch (operation.request()) {
        case Request.Range range -> {
          if (range.revision() > 0) {
            tally.hit();
            rangeSucceeded(operation, range);
          }
        }
        case Request.Compact(long revision, boolean ignored) -> {
          tally.hit();
          compactSucceeded(operation, revision);
        }
        case Request.Put ignored -> {}
        case Request.DeleteRange ignored -> {}
        case Request.Txn ignored -> {}
        case Request.LeaseGrant ignored -> {}
        case Request.LeaseRevoke ignored -> {}
        case Request.LeaseKeepAlive ignored -> {}
        case Request.LeaseTimeToLive ignored -> {}
        case Request.Lock ignored -> {}
        case Request.Unlock ignored -> {}
        case Request.Status ignored -> {}
        case Request.HashKv ignored -> {}
        case Request.Defragment ignored -> {}
        case Request.AlarmList ignored -> {}
      }
    }

    private void rangeSucceeded(Operation operation, Request.Range range) {
      long revision = range.revision();
      if (told(operation) > 0 && told(operation) < revision) {
        violated(
            operation,
            Optional.empty(),
            revision,
            "read revision %d and was answered, from a store of revision %d"
                .formatted(revision, told(operation)));
      }
      if (range.serializable()) {
        return;
      }
      compactions
          .shownBefore(operation.call())
          .filter(earlier -> Compactions.revision(earlier) > revision)
          .ifPresent(earlier ->
              violated(
                  operation,
                  Optional.of(earlier),
                  revision,
                  "read revision %d and was answered, although %s"
                      .formatted(revision, compacted(earlier))));
    }

    private void compactSucceeded(Operation operation, long revision) {
      bounds
          .notYet(revision, operation.end())
          .ifPresent(notYet ->
              violated(
                  operation,
                  Optional.empty(),
                  revision,
                  "compacted revision %d, which could not exist yet: %s"
                      .formatted(revision, notYet.because())));
      compactions
          .shownBefore(operation.call())
          .filter(earlier -> Compactions.revision(earlier) >= revision)
          .ifPresent(earlier ->
              violated(
                  operation,
                  Optional.of(earlier),
                  revision,
                  "compacted revision %d, although %s".formatted(revision, compacted(earlier))));
    }

    private static String compacted(Operation shows) {
      return (shows.outcome() instanceof Outcome.Ok
              ? "%s had compacted revision %d already"
              : "%s had been refused, which takes a compaction at revision %d or later")
          .formatted(Wording.operation(shows), Compactions.revision(shows));
    }

    private void failed(Operation operation, Failure.Kind kind, Optional<Operation> highest) {
      if (kind == Failure.Kind.COMPACTED) {
        long needed = Compactions.revision(operation);
        if (needed <= 0) {
          return;
        }
        tally.hit();
        if (!compactions.mayHaveReached(needed, operation.end())) {
          violated(
              operation,
              Optional.empty(),
              needed,
              "was refused as compacted, although nobody had asked for a compaction at revision %d"
                      .formatted(needed)
                  + " or later");
        }
      } else if (kind == Failure.Kind.FUTURE_REVISION) {
        long asked = asked(operation.request());
        tally.hit();
        highest
            .filter(earlier -> told(earlier) >= asked)
            .ifPresent(earlier ->
                violated(
                    operation,
                    Optional.of(earlier),
                    asked,
                    "was refused as of a future revision, %d, although %s had told revision %d"
                        .formatted(asked, Wording.operation(earlier), told(earlier))));
      }
    }

    private void canceled(ObservedWatch watch) {
      long needed = watch.opened().startRevision();
      for (Watch message : watch.messages()) {
        if (tally.exhausted()) {
          return;
        }
        if (message instanceof Watch.Events delivered) {
          for (Event event : delivered.events()) {
            needed = Math.max(needed, event.revision() + 1);
          }
        } else if (message instanceof Watch.Canceled canceled && canceled.compactRevision() > 0) {
          tally.hit();
          long compacted = canceled.compactRevision();
          if (compacted <= needed) {
            canceled(
                watch,
                canceled,
                "it needed only revision %d and later, which had not been compacted"
                    .formatted(needed));
          } else if (!compactions.mayHaveReached(compacted, canceled.time())) {
            canceled(watch, canceled, "nobody had asked for such a compaction");
          }
        }
      }
    }

    private void canceled(ObservedWatch watch, Watch.Canceled canceled, String why) {
      tally.violated(
          "Watch %d was cancelled at %s as compacted up to revision %d, although %s"
              .formatted(
                  watch.id(), Wording.seconds(canceled.time()), canceled.compactRevision(), why),
          canceled.time(),
          List.of(),
          List.of(watch.id()),
          Wording.member(watch.memberId()),
          canceled.compactRevision());
    }

    private void violated(
        Operation operation, Optional<Operation> witness, long revision, String what) {
      List<Long> operations = new ArrayList<>(List.of(operation.id()));
      witness.ifPresent(other -> operations.add(other.id()));
      tally.violated(
          Wording.operation(operation) + " " + what,
          operation.end(),
          operations,
          List.of(),
          Wording.member(LinearizableAnswer.member(operation)),
          revision);
    }

    private static long told(Operation operation) {
      return LinearizableAnswer.existing(operation);
    }
  }
}
