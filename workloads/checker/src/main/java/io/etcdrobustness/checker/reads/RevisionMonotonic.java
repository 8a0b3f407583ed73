package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The revision never goes back.
 *
 * <p>Why it is sound: a header revision existed when its answer was sent, so a linearizable request
 * that is called after the answer has arrived must tell at least that revision, and a write that
 * makes a revision of its own a higher one. Operations that overlap are never compared. The raft
 * term is the one of the last entry that the member has applied (etcd {@code server.go}, setTerm):
 * it does not fall, and a restarted member serves only after it has applied its whole log
 * (ReadyNotify).
 */
public final class RevisionMonotonic implements Property {

  private static final String PROVED =
      "No linearizable request told a lower revision than one before it.";

  @Override
  public String name() {
    return "RevisionMonotonic";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "A linearizable request called after another was answered never tells a lower revision; a"
            + " member's raft term never falls.",
        "Kubernetes takes the revision for its resource version: one that goes back makes every"
            + " cache refuse or, worse, accept old objects.",
        "etcd docs, Data model: revisions are monotonically increasing. Issues 13766, 14370, 14685"
            + " and 17780: the revision fell after a crash; 20418: stale reads after a pause.",
        "All answered operations in the order of time: each linearizable one (put, delete, txn,"
            + " range) against the highest revision that was told before it was called; each answer"
            + " against the highest term its member had told before.",
        "See who answered the two operations. The same member: look for a crash in between (lost"
            + " writes). Two members: the second one answered without asking the others (stale"
            + " read), or its store differs.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new RevisionFollower(this, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    Tally tally = new Tally(this, budget);
    Map<Long, AcknowledgedWrite> writes = new HashMap<>();
    evidence.revisionLog().writes().forEach(write -> writes.put(write.operation().id(), write));
    List<Operation> byCall = evidence.history().operations();
    List<Operation> byEnd = new ArrayList<>(byCall);
    byEnd.removeIf(operation -> !(operation.outcome() instanceof Outcome.Ok));
    byEnd.sort(Comparator.comparingLong(Operation::end));
    Map<Long, Operation> highestTerm = new HashMap<>();
    Optional<Operation> highest = Optional.empty();
    int ended = 0;
    for (Operation operation : byCall) {
      if (tally.exhausted()) {
        break;
      }
      while (ended < byEnd.size() && byEnd.get(ended).end() < operation.call()) {
        Operation earlier = byEnd.get(ended++);
        if (revision(earlier) > highest.map(RevisionMonotonic::revision).orElse(0L)) {
          highest = Optional.of(earlier);
        }
        highestTerm.merge(
            LinearizableAnswer.member(earlier), earlier, (a, b) -> term(b) > term(a) ? b : a);
      }
      if (highest.isPresent()) {
        revision(operation, highest.get(), writes.containsKey(operation.id()), tally);
      }
      Operation earlier = highestTerm.get(LinearizableAnswer.member(operation));
      if (earlier != null) {
        term(operation, earlier, tally);
      }
    }
    return tally.finding(PROVED);
  }

  private static void revision(
      Operation operation, Operation earlier, boolean makesRevision, Tally tally) {
    long told = LinearizableAnswer.current(operation);
    if (told == LinearizableAnswer.NONE) {
      return;
    }
    tally.hit();
    long before = revision(earlier);
    if (told > before || (told == before && !makesRevision)) {
      return;
    }
    tally.violated(
        "%s told %s %d, although %s had told revision %d before it was called"
            .formatted(
                Wording.operation(operation),
                makesRevision ? "that it made revision" : "revision",
                told,
                Wording.operation(earlier),
                before),
        operation.end(),
        List.of(earlier.id(), operation.id()),
        List.of(),
        members(earlier, operation),
        told);
  }

  private static void term(Operation operation, Operation earlier, Tally tally) {
    long term = term(operation);
    if (LinearizableAnswer.member(operation) != 0 && term > 0 && term < term(earlier)) {
      tally.violated(
          "%s told raft term %d, although %s had told term %d of the same member before"
              .formatted(
                  Wording.operation(operation), term, Wording.operation(earlier), term(earlier)),
          operation.end(),
          List.of(earlier.id(), operation.id()),
          List.of(),
          members(earlier, operation),
          0);
    }
  }

  private static List<String> members(Operation a, Operation b) {
    List<String> members = new ArrayList<>(Wording.member(LinearizableAnswer.member(a)));
    Wording.member(LinearizableAnswer.member(b)).stream()
        .filter(member -> !members.contains(member))
        .forEach(members::add);
    return members;
  }

  private static long revision(Operation operation) {
    return LinearizableAnswer.existing(operation);
  }

  private static long term(Operation operation) {
    return operation.outcome() instanceof Outcome.Ok ok ? header(ok).raftTerm() : 0;
  }

  private static Header header(Outcome.Ok ok) {
    return ok.response().header();
  }
}
