package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.checker.reads.LinearizableAnswer.Read;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was acknowledged stays.
 *
 * <p>Why each rule is sound; only linearizable requests that were called after the write had been
 * acknowledged are held against it:
 *
 * <ul>
 *   <li>One revision is made by one write: if two were told that they made it, one is lost.
 *   <li>The store's revision is at least the one that the write made.
 *   <li>A key that the write changed shows that change or a later one: never a lower mod revision,
 *       and at the write's revision exactly what was written, as the answer to the write tells it;
 *       watches are not believed, they may only excuse.
 *   <li>A key that the write put is absent only if something may have deleted it: a delete that is
 *       known, one of unknown outcome, one whose keys nobody told, a lease (a key that hangs on one
 *       is not judged), a stranger.
 * </ul>
 */
public final class AcknowledgedWriteSurvives implements Property {

  private static final String PROVED =
      "Every acknowledged write was there whenever it was looked for.";

  @Override
  public String name() {
    return "AcknowledgedWriteSurvives";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "A write that was acknowledged is never lost.",
        "It is what a database is for: an object that Kubernetes has confirmed must still be there"
            + " after every crash that leaves a quorum of disks.",
        "etcd docs, API guarantees: Durability. Issue 14370: a one-member cluster lost acknowledged"
            + " writes when killed between commit and WAL sync (fixed in 3.4.21 and 3.5.5).",
        "Each linearizable answer against the writes acknowledged before it was called: its revision"
            + " is not lower; the keys it shows have not gone back, and none is gone without a"
            + " delete or a lease that may explain it. No revision is acknowledged twice.",
        "Look for the kill, power loss or full disk between the write and the read; compare the"
            + " member's WAL with the acknowledged revision.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new SurvivalFollower(this, passing.replay(), PROVED));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    Tally tally = new Tally(this, budget);
    new Pass(evidence, tally).judge();
    return tally.finding(PROVED);
  }

  /**
   * A change that was acknowledged.
   *
   * @param change as its own answer tells it: what a watch adds may be wrong
   * @param disputed whether another answer tells it otherwise
   */
  private record Written(Change change, boolean disputed, Operation operation) {

    static List<Written> of(AcknowledgedWrite write) {
      Set<String> disputed = new HashSet<>();
      write.changes().stream().filter(Change::disputed).map(Change::key).forEach(disputed::add);
      List<Written> written = new ArrayList<>();
      AcknowledgedWrite.of(write.operation())
          .ifPresent(told ->
              told.changes()
                  .forEach(change ->
                      written.add(
                          new Written(
                              change, disputed.contains(change.key()), write.operation()))));
      return written;
    }
  }

  /** One pass over one history, forward in time. */
  private static final class Pass {
    private final History history;
    private final RevisionLog log;
    private final Tally tally;
    private final Deletions deletions;
    private final NavigableMap<String, Written> acknowledged = new TreeMap<>();
    private Optional<AcknowledgedWrite> highest = Optional.empty();

    Pass(Evidence evidence, Tally tally) {
      this.history = evidence.history();
      this.log = evidence.revisionLog();
      this.tally = tally;
      this.deletions = new Deletions(history, log);
    }

    void judge() {
      acknowledgedTwice();
      List<AcknowledgedWrite> writes = new ArrayList<>(log.writes());
      writes.sort(Comparator.comparingLong(write -> write.operation().end()));
      int ended = 0;
      for (Operation operation : history.operations()) {
        if (tally.exhausted()) {
          return;
        }
        while (ended < writes.size() && writes.get(ended).operation().end() < operation.call()) {
          take(writes.get(ended++));
        }
        if (highest.isPresent()
            && LinearizableAnswer.current(operation) != LinearizableAnswer.NONE) {
          tally.hit();
          revision(operation, highest.get());
        }
        LinearizableAnswer.read(operation)
            .filter(read -> !read.request().serializable() && read.request().revision() <= 0)
            .ifPresent(this::content);
      }
    }

    private void take(AcknowledgedWrite write) {
      if (highest.isEmpty() || highest.get().revision() < write.revision()) {
        highest = Optional.of(write);
      }
      for (Written written : Written.of(write)) {
        acknowledged.merge(
            written.change().key(),
            written,
            (a, b) -> b.change().revision() > a.change().revision() ? b : a);
      }
    }

    private void acknowledgedTwice() {
      Map<Long, AcknowledgedWrite> owners = new HashMap<>();
      for (AcknowledgedWrite write : log.writes()) {
        AcknowledgedWrite other = owners.putIfAbsent(write.revision(), write);
        if (other == null) {
          continue;
        }
        tally.violated(
            "Revision %d was acknowledged twice: to %s and to %s"
                .formatted(
                    write.revision(),
                    Wording.operation(other.operation()),
                    Wording.operation(write.operation())),
            Math.max(other.operation().end(), write.operation().end()),
            List.of(other.operation().id(), write.operation().id()),
            List.of(),
            Wording.member(LinearizableAnswer.member(write.operation())),
            write.revision());
      }
    }

    private void revision(Operation operation, AcknowledgedWrite write) {
      long told = LinearizableAnswer.current(operation);
      if (told != LinearizableAnswer.NONE && told < write.revision()) {
        violated(
            operation,
            write.operation(),
            write.revision(),
            "found the store at revision %d".formatted(told));
      }
    }

    private void content(Read read) {
      Set<String> shown = new HashSet<>();
      for (KeyValue kv : read.answer().kvs()) {
        shown.add(kv.key());
        Written written = acknowledged.get(kv.key());
        if (written != null) {
          contradiction(read, kv, written)
              .ifPresent(what ->
                  violated(
                      read.operation(),
                      written.operation(),
                      written.change().revision(),
                      "found " + kv.key() + " with " + what));
        }
      }
      if (whole(read)) {
        gone(read, shown);
      }
    }

    private static Optional<String> contradiction(Read read, KeyValue kv, Written written) {
      Change change = written.change();
      if (kv.modRevision() > change.revision()) {
        return Optional.empty();
      }
      if (kv.modRevision() < change.revision()) {
        return Optional.of("mod revision " + kv.modRevision());
      }
      return change.type() == Event.Type.DELETE
          ? Optional.of("the revision that deleted it")
          : written.disputed()
              ? Optional.empty()
              : change.contradictedBy(kv, !read.request().keysOnly());
    }

    /** Whether a key that is not in the answer is not in the store. */
    private static boolean whole(Read read) {
      Request.Range request = read.request();
      boolean cut = request.limit() > 0 && read.answer().kvs().size() >= request.limit();
      return !cut
          && !request.countOnly()
          && request.minModRevision() == 0
          && request.maxModRevision() == 0
          && request.minCreateRevision() == 0
          && request.maxCreateRevision() == 0;
    }

    private void gone(Read read, Set<String> shown) {
      long revision = read.answer().header().revision();
      String start = read.request().key();
      for (Map.Entry<String, Written> entry : acknowledged.tailMap(start, true).entrySet()) {
        if (tally.exhausted()
            || !ByteStrings.inRange(entry.getKey(), start, read.request().rangeEnd())) {
          return;
        }
        Written written = entry.getValue();
        Change change = written.change();
        if (change.type() == Event.Type.PUT
            && change.lease() == 0
            && !shown.contains(change.key())
            && !deletions.mayExplain(
                change.key(), change.revision(), revision, read.operation().end())) {
          violated(
              read.operation(),
              written.operation(),
              change.revision(),
              "did not find %s, and nothing may have deleted it".formatted(change.key()));
        }
      }
    }

    private void violated(Operation reader, Operation writer, long revision, String found) {
      tally.violated(
          "%s %s, although %s had been acknowledged with revision %d before"
              .formatted(Wording.operation(reader), found, Wording.operation(writer), revision),
          reader.end(),
          List.of(writer.id(), reader.id()),
          List.of(),
          Wording.member(LinearizableAnswer.member(reader)),
          revision);
    }
  }
}
