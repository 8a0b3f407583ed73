package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.KeyState;
import io.etcdrobustness.checker.log.RevisionBounds;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.checker.reads.LinearizableAnswer.Read;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A read of the past answers the past, exactly.
 *
 * <p>Judged are serializable ranges, which answer from one member's own store, and ranges at a
 * revision. Why each rule is sound:
 *
 * <ul>
 *   <li><em>Content.</em> A store at revision h, of any member at any time, holds the state of
 *       revision h (or of the revision asked for), and nothing else. Keys whose state there is not
 *       known to the {@link RevisionLog} are not judged. What lacks from an answer is only judged
 *       where neither limit nor bounds on revisions may have left it out; with a limit and the
 *       natural order the first keys are judged.
 *   <li><em>Order.</em> An answer that is ordered by its keys, as it is unless something else was
 *       asked for, has each key once. What other orders go by need not have been recorded.
 *   <li><em>Future.</em> A header revision existed when the answer came: no write that was called
 *       later can have made it, see {@link RevisionBounds}.
 *   <li><em>Not backwards.</em> A member's store does not go back: what it has told before a read
 *       was called, to whomever, it has still applied when it answers. A restart does not excuse
 *       it: a restarted member serves only after it has applied its log up to its own publication
 *       (etcd {@code embed/serve.go} waits for ReadyNotify), which comes after all that it had
 *       applied before. A member with a new id is another member.
 * </ul>
 */
public final class SerializableReadFromPast implements Property {

  private static final String PROVED =
      "Every read of the past answered what the store held at its revision.";

  @Override
  public String name() {
    return "SerializableReadFromPast";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "A serializable read, or a read at a revision, answers a state that the store really had, at"
            + " the revision that it tells.",
        "Paginated lists and caches put together reads of one revision; if a member answers another"
            + " content for it, members have diverged.",
        "etcd docs, API guarantees: serializable reads may be stale with respect to quorum, but are"
            + " past states. Issue 18667: members that answer different values for one revision;"
            + " etcd's robustness suite judges reads at a revision alike.",
        "The content of each serializable range, and of each range at a revision, against what the"
            + " log knows of that revision, in the order of its keys; its header revision existed"
            + " before the answer, and is not lower than what the same member told before.",
        "Read the same revision from each member and compare; then compare HashKV at that revision.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new PastFollower(this, passing, PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    RevisionBounds bounds = new RevisionBounds(evidence.history(), log);
    Tally tally = new Tally(this, budget);
    for (Operation operation : evidence.history().operations()) {
      if (tally.exhausted()) {
        break;
      }
      Optional<Read> read = LinearizableAnswer.read(operation);
      if (read.isEmpty() || !fromPast(read.get().request())) {
        continue;
      }
      tally.hit();
      future(read.get(), bounds, tally);
      new Content(read.get(), log, tally).judge();
    }
    backwards(evidence.history().operations(), tally);
    return tally.finding(PROVED);
  }

  static boolean fromPast(Request.Range range) {
    return range.serializable() || range.revision() > 0;
  }

  private static void future(Read read, RevisionBounds bounds, Tally tally) {
    Operation operation = read.operation();
    long told = read.answer().header().revision();
    bounds
        .notYet(told, operation.end())
        .ifPresent(notYet -> {
          List<Long> operations = new ArrayList<>(List.of(operation.id()));
          operations.addAll(notYet.operations());
          tally.violated(
              "%s was answered from revision %d, which could not exist yet: %s"
                  .formatted(Wording.operation(operation), told, notYet.because()),
              operation.end(),
              operations,
              List.of(),
              Wording.member(LinearizableAnswer.member(operation)),
              told);
        });
  }

  private static void backwards(List<Operation> byCall, Tally tally) {
    List<Operation> byEnd = new ArrayList<>(byCall);
    byEnd.removeIf(operation ->
        !(operation.outcome() instanceof Outcome.Ok) || LinearizableAnswer.member(operation) == 0);
    byEnd.sort(Comparator.comparingLong(Operation::end));
    Map<Long, Operation> highest = new HashMap<>();
    int ended = 0;
    for (Operation operation : byCall) {
      if (tally.exhausted()) {
        return;
      }
      while (ended < byEnd.size() && byEnd.get(ended).end() < operation.call()) {
        Operation earlier = byEnd.get(ended++);
        highest.merge(
            LinearizableAnswer.member(earlier),
            earlier,
            (a, b) -> revision(b) > revision(a) ? b : a);
      }
      Operation earlier = highest.get(LinearizableAnswer.member(operation));
      Optional<Read> read = LinearizableAnswer.read(operation);
      if (earlier == null
          || read.isEmpty()
          || !read.get().request().serializable()
          || revision(operation) <= 0
          || revision(operation) >= revision(earlier)) {
        continue;
      }
      tally.violated(
          "%s was answered from revision %d by member %x, which had told revision %d before, to %s"
              .formatted(
                  Wording.operation(operation),
                  revision(operation),
                  LinearizableAnswer.member(operation),
                  revision(earlier),
                  Wording.operation(earlier)),
          operation.end(),
          List.of(earlier.id(), operation.id()),
          List.of(),
          Wording.member(LinearizableAnswer.member(operation)),
          revision(operation));
    }
  }

  private static long revision(Operation operation) {
    return LinearizableAnswer.existing(operation);
  }

  /** The content of one answer. */
  private static final class Content {
    private final Read read;
    private final Request.Range request;
    private final RevisionLog log;
    private final Tally tally;
    private final long revision;
    private boolean broken;

    Content(Read read, RevisionLog log, Tally tally) {
      this.read = read;
      this.request = read.request();
      this.log = log;
      this.tally = tally;
      this.revision =
          request.revision() > 0 ? request.revision() : read.answer().header().revision();
    }

    void judge() {
      if (revision <= 0) {
        return;
      }
      for (KeyValue kv : read.answer().kvs()) {
        answered(kv);
        if (broken || tally.exhausted()) {
          return;
        }
      }
      ordered();
      if (!broken && !request.countOnly()) {
        missing();
      }
      if (!broken) {
        count();
      }
    }

    private void answered(KeyValue kv) {
      if (!ByteStrings.inRange(kv.key(), request.key(), request.rangeEnd())) {
        broken(kv.key() + " is not in the range asked for", Optional.empty());
        return;
      }
      if (kv.modRevision() > revision) {
        broken(kv.key() + " was changed at revision " + kv.modRevision(), Optional.empty());
        return;
      }
      switch (log.state(kv.key(), revision)) {
        case KeyState.Present(Change put) ->
            put.contradictedBy(kv, !request.keysOnly())
                .ifPresent(what -> broken(kv.key() + " has " + what, Optional.of(put)));
        case KeyState.Absent() -> broken(kv.key() + " did not exist", Optional.empty());
        case KeyState.NotKnown() ->
            log.at(kv.modRevision()).ifPresent(changed -> asChanged(kv, changed.changes()));
      }
    }

    /** {@code sortRangeResults} of etcd's range.go; the index yields keys in their order. */
    private void ordered() {
      if (request.sortTarget() != Request.SortTarget.KEY) {
        return;
      }
      boolean descending = request.sortOrder() == Request.SortOrder.DESCEND;
      List<KeyValue> kvs = read.answer().kvs();
      for (int i = 1; i < kvs.size(); i++) {
        String before = kvs.get(i - 1).key();
        String key = kvs.get(i).key();
        int order = before.compareTo(key);
        if (descending ? order <= 0 : order >= 0) {
          broken(key + " stands behind " + before, Optional.empty());
          return;
        }
      }
    }

    /** Where the state is not known, the change that the key claims to come from may be. */
    private void asChanged(KeyValue kv, List<Change> changes) {
      for (Change change : changes) {
        if (change.key().equals(kv.key()) && !change.disputed()) {
          Optional<String> wrong =
              change.type() == Event.Type.DELETE
                  ? Optional.of("revision " + kv.modRevision() + ", which deleted it")
                  : change.contradictedBy(kv, !request.keysOnly());
          wrong.ifPresent(what -> broken(kv.key() + " has " + what, Optional.of(change)));
        }
      }
    }

    private void missing() {
      // Sorted by anything but the key, a page may leave out any key: without an order etcd cuts it
      // one key behind the limit, then sorts, then cuts again (executeRange in range.go).
      boolean naturalOrder =
          request.sortTarget() == Request.SortTarget.KEY
              && request.sortOrder() != Request.SortOrder.DESCEND;
      boolean bounded =
          request.minModRevision() != 0
              || request.maxModRevision() != 0
              || request.minCreateRevision() != 0
              || request.maxCreateRevision() != 0;
      boolean limited = request.limit() > 0 && read.answer().kvs().size() >= request.limit();
      if (bounded || (limited && !naturalOrder)) {
        return;
      }
      Set<String> keys = new HashSet<>();
      read.answer().kvs().forEach(kv -> keys.add(kv.key()));
      // With a full page only what sorts before its last key must be on it.
      String last = limited ? read.answer().kvs().getLast().key() : "";
      for (String key : log.keysIn(request.key(), request.rangeEnd())) {
        if (broken || tally.exhausted() || (limited && key.compareTo(last) > 0)) {
          return;
        }
        if (!keys.contains(key)
            && log.state(key, revision) instanceof KeyState.Present(Change put)) {
          broken(key + " is missing", Optional.of(put));
        }
      }
    }

    private void count() {
      // Importers that have no count leave it at 0.
      boolean notRecorded = read.answer().count() == 0 && !read.answer().kvs().isEmpty();
      if (notRecorded || !log.everyKeyKnown(request.key(), request.rangeEnd(), revision)) {
        return;
      }
      long present = 0;
      for (String key : log.keysIn(request.key(), request.rangeEnd())) {
        if (tally.exhausted()) {
          return;
        }
        switch (log.state(key, revision)) {
          case KeyState.Present ignored -> present++;
          case KeyState.Absent ignored -> {}
          case KeyState.NotKnown ignored -> {
            return;
          }
        }
      }
      if (read.answer().count() != present) {
        broken(
            "it counts %d keys instead of %d".formatted(read.answer().count(), present),
            Optional.empty());
      }
    }

    private void broken(String what, Optional<Change> witness) {
      if (broken) {
        return;
      }
      broken = true;
      Operation operation = read.operation();
      List<Long> operations = new ArrayList<>(List.of(operation.id()));
      witness.map(Wording::operations).ifPresent(operations::addAll);
      tally.violated(
          "%s read ['%s', '%s') at revision %d, and the answer is not the state of that revision: %s%s"
              .formatted(
                  Wording.operation(operation),
                  request.key(),
                  request.rangeEnd(),
                  revision,
                  what,
                  witness
                      .map(change -> " (" + change + ": " + Wording.witness(change) + ")")
                      .orElse("")),
          operation.end(),
          operations,
          witness
              .filter(change -> change.operation() == Change.NOBODY)
              .map(change -> List.of(change.watch()))
              .orElse(List.of()),
          Wording.member(LinearizableAnswer.member(operation)),
          revision);
    }
  }
}
