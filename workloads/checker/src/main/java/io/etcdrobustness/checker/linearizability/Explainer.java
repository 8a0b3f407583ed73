package io.etcdrobustness.checker.linearizability;

import static io.etcdrobustness.checker.linearizability.Sentences.at;
import static io.etcdrobustness.checker.linearizability.Sentences.span;

import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.model.Words;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says in words, and with the fewest operations, why no order explains a history. */
final class Explainer {

  private final String property;
  private final History history;
  private final Placement placement;

  Explainer(String property, History history, Placement placement) {
    this.property = property;
    this.history = history;
    this.placement = placement;
  }

  /** Answers that contradict themselves. */
  List<Violation> misplaced() {
    return placement.misplaced().stream()
        .map(wrong ->
            violation(
                "%s returned at %s with revision %d: %s"
                    .formatted(
                        Placement.words(wrong.operation()),
                        at(wrong.operation().end()),
                        revision(wrong.operation()),
                        wrong.why()),
                revision(wrong.operation()),
                List.of(wrong.operation())))
        .toList();
  }

  /** Two writes cannot share one revision. */
  List<Violation> revisionsGivenTwice() {
    List<Violation> result = new ArrayList<>();
    placement
        .slots()
        .forEach((revision, slot) -> {
          if (slot.owners().size() > 1) {
            Operation first = slot.owners().get(0);
            Operation second = slot.owners().get(1);
            result.add(
                violation(
                    "%s and %s were both acknowledged with revision %d, at %s and at %s"
                        .formatted(
                            Placement.words(first),
                            Placement.words(second),
                            revision,
                            at(first.end()),
                            at(second.end())),
                    revision,
                    slot.owners()));
          }
        });
    return result;
  }

  /** An answer from the past. */
  Violation stale(RealTime.Stale stale) {
    Operation late = stale.late().operation();
    Operation before = stale.acknowledged().operation();
    return violation(
        "%s, called at %s, returned %s after %s at revision %d had been acknowledged at %s to"
                .formatted(
                    Placement.words(late),
                    at(late.call()),
                    what(late),
                    Words.request(before.request()),
                    stale.acknowledged().revision(),
                    at(before.end()))
            + " client %d; stale by %s"
                .formatted(before.client(), span(late.call() - before.end())),
        stale.late().revision(),
        List.of(before, late));
  }

  /** More revisions than anybody can have made. */
  Optional<Violation> unexplained() {
    long owned =
        placement.slots().tailMap(placement.base(), false).values().stream()
            .filter(slot -> !slot.owners().isEmpty())
            .count();
    long perhaps =
        placement.slots().values().stream().mapToLong(slot -> slot.perhapsOwners().size()).sum();
    long candidates =
        perhaps + placement.candidates().stream().map(Candidate::group).distinct().count();
    long gaps = placement.last() - placement.base() - owned;
    if (gaps <= candidates) {
      return Optional.empty();
    }
    Slot last = placement.slots().lastEntry().getValue();
    List<Operation> witnesses = new ArrayList<>(last.owners());
    witnesses.addAll(last.members());
    witnesses.addAll(last.perhapsOwners());
    Operation witness = witnesses.getFirst();
    return Optional.of(
        violation(
            "%s returned revision %d at %s, but only %d writes are known and at most %d more can"
                    .formatted(
                        Placement.words(witness),
                        placement.last(),
                        at(witness.end()),
                        owned,
                        candidates)
                + " have happened since revision %d: %d revisions are left unexplained"
                    .formatted(placement.base(), gaps - candidates),
            placement.last(),
            List.of(witness)));
  }

  /** A key that cannot be as it was seen, whoever made the revisions that nobody owns. */
  Violation clash(Projection.Clash clash) {
    Sighting seen = clash.seen();
    List<Operation> core = new ArrayList<>();
    StringBuilder summary = new StringBuilder();
    summary
        .append(Placement.words(seen.by()))
        .append(", returned at ")
        .append(at(seen.by().end()))
        .append(", found that at revision ")
        .append(seen.slot())
        .append(' ')
        .append(words(seen));
    clash
        .write()
        .ifPresent(write -> {
          core.add(write.operation());
          summary
              .append("; the last known write before was ")
              .append(Placement.words(write.operation()))
              .append(" at revision ")
              .append(write.revision());
        });
    clash
        .before()
        .ifPresent(before -> {
          core.add(before.by());
          summary
              .append("; since then ")
              .append(Placement.words(before.by()))
              .append(" found that at revision ")
              .append(before.slot())
              .append(' ')
              .append(words(before));
        });
    core.add(seen.by());
    summary.append("; no request of unknown outcome can explain it");
    return violation(summary.toString(), seen.slot(), core);
  }

  private static String words(Sighting sighting) {
    String key = Words.key(sighting.key());
    if (!sighting.present()) {
      return key + " did not exist";
    }
    return key
        + " existed"
        + sighting.value().map(value -> " as " + Words.key(value)).orElse("")
        + told(" with mod revision ", sighting.mod())
        + told(", create revision ", sighting.create())
        + told(", version ", sighting.version());
  }

  private static String told(String what, long number) {
    return number == Sighting.UNKNOWN ? "" : what + number;
  }

  /** The end of an exhausted search. */
  Violation deadEnd(DeadEnd deadEnd, long tried) {
    List<Operation> core = new ArrayList<>();
    StringBuilder summary = new StringBuilder();
    long time = 0;
    if (deadEnd.stuck().isPresent()) {
      Operation stuck = deadEnd.stuck().get();
      Optional<Operation> write = lastWrite(stuck.request(), deadEnd.revision(), stuck);
      write.ifPresent(core::add);
      core.add(stuck);
      time = stuck.end();
      summary
          .append(Placement.words(stuck))
          .append(", returned at ")
          .append(at(stuck.end()))
          .append(", told ")
          .append(what(stuck))
          .append(": ")
          .append(deadEnd.why());
      write.ifPresent(last ->
          summary
              .append("; the last known write before was ")
              .append(Placement.words(last))
              .append(" at revision ")
              .append(revision(last)));
    } else {
      summary
          .append("nobody is known to have made revision ")
          .append(deadEnd.revision())
          .append(": ")
          .append(deadEnd.why());
      for (Sighting sighting : deadEnd.seen()) {
        core.add(sighting.by());
        summary
            .append("; ")
            .append(Placement.words(sighting.by()))
            .append(" shows ")
            .append(Words.key(sighting.key()))
            .append(sighting.value().map(value -> "=" + Words.key(value)).orElse(""))
            .append(" written there");
      }
      if (core.isEmpty()) {
        Optional.ofNullable(placement.slots().ceilingEntry(deadEnd.revision()))
            .map(Map.Entry::getValue)
            .flatMap(Explainer::any)
            .ifPresent(core::add);
      }
      time = core.isEmpty() ? 0 : core.getFirst().end();
    }
    if (!deadEnd.rejected().isEmpty()) {
      summary.append(" (candidates: ").append(String.join("; ", deadEnd.rejected())).append(')');
    }
    if (tried > deadEnd.rejected().size() + 1L) {
      summary.append("; ").append(tried).append(" ways were tried, none gets further");
    }
    return new Violation(
        property,
        summary.toString(),
        time,
        core.stream().map(Operation::id).distinct().toList(),
        List.of(),
        core.stream().flatMap(op -> Placement.member(op).stream()).distinct().toList(),
        deadEnd.revision());
  }

  /** Why it is undecided. */
  String stopped(long revision) {
    long proved =
        placement.slots().headMap(revision, false).values().stream()
            .mapToLong(slot ->
                (long) slot.owners().size() + slot.members().size() + slot.perhapsOwners().size())
            .sum();
    Optional<Operation> reached =
        Optional.ofNullable(placement.slots().ceilingEntry(revision))
            .map(Map.Entry::getValue)
            .flatMap(Explainer::any);
    return "The budget was used up at revision %d of %d%s; an order was found for %.1f %% of %d"
            .formatted(
                revision,
                placement.last(),
                reached.map(op -> ", at " + at(op.end())).orElse(""),
                100.0 * proved / Math.max(1, placement.placed().size()),
                placement.placed().size())
        + " operations.";
  }

  /** All keys that candidates name; leases may have others, which no candidate can put. */
  TreeSet<String> keysOfCandidates() {
    TreeSet<String> keys = new TreeSet<>();
    boolean wide = false;
    for (Candidate candidate : placement.candidates()) {
      List<Request.Put> puts = new ArrayList<>();
      List<Request.DeleteRange> deletes = new ArrayList<>();
      Lot.writes(candidate.request(), puts, deletes);
      puts.forEach(put -> keys.add(put.key()));
      deletes.stream()
          .filter(delete -> delete.rangeEnd().isEmpty())
          .forEach(delete -> keys.add(delete.key()));
      wide |=
          candidate.request() instanceof Request.LeaseRevoke
              || deletes.stream().anyMatch(delete -> !delete.rangeEnd().isEmpty());
    }
    if (wide) {
      hangingKeys(keys);
    }
    return keys;
  }

  /** Keys that were put under a lease. */
  private void hangingKeys(TreeSet<String> keys) {
    for (Operation operation : history.operations()) {
      List<Request.Put> puts = new ArrayList<>();
      Lot.writes(operation.request(), puts, new ArrayList<>());
      puts.stream().filter(put -> put.lease() != 0).forEach(put -> keys.add(put.key()));
    }
  }

  private Optional<Operation> lastWrite(Request request, long revision, Operation except) {
    for (Slot slot : placement.slots().headMap(revision, true).descendingMap().values()) {
      Optional<Operation> owner =
          slot.owner()
              .filter(op -> !op.equals(except))
              .filter(op -> shareKey(request, op.request()));
      if (owner.isPresent()) {
        return owner;
      }
    }
    return Optional.empty();
  }

  private static boolean shareKey(Request request, Request write) {
    List<Request.Put> puts = new ArrayList<>();
    List<Request.DeleteRange> deletes = new ArrayList<>();
    Lot.writes(write, puts, deletes);
    return puts.stream().anyMatch(put -> concerns(request, put.key()))
        || deletes.stream().anyMatch(delete -> concerns(request, delete.key()));
  }

  private static boolean concerns(Request request, String key) {
    return switch (request) {
      case Request.Range range -> ByteStrings.inRange(key, range.key(), range.rangeEnd());
      case Request.Put put -> put.key().equals(key);
      case Request.DeleteRange delete -> ByteStrings.inRange(key, delete.key(), delete.rangeEnd());
      case Request.Txn txn ->
          txn.compares().stream()
                  .anyMatch(compare -> ByteStrings.inRange(key, compare.key(), compare.rangeEnd()))
              || txn.success().stream().anyMatch(nested -> concerns(nested, key))
              || txn.failure().stream().anyMatch(nested -> concerns(nested, key));
      case Request other -> false;
    };
  }

  private static Optional<Operation> any(Slot slot) {
    return slot.owner()
        .or(() -> slot.members().stream().findFirst())
        .or(() -> slot.perhapsOwners().stream().findFirst())
        .or(() -> slot.pasts().stream().map(Slot.Past::operation).findFirst());
  }

  private static String what(Operation operation) {
    if (!(operation.outcome() instanceof Outcome.Ok(Response response))) {
      return "nothing";
    }
    String content =
        switch (response) {
          case Response.Ranged ranged ->
              ranged.kvs().size() == 1
                  ? " (" + Words.kv(ranged.kvs().getFirst()) + ")"
                  : " (%d of %d keys)".formatted(ranged.kvs().size(), ranged.count());
          case Response.Deleted deleted -> " (%d deleted)".formatted(deleted.deleted());
          case Response.TxnDone txn -> txn.succeeded() ? " (succeeded)" : " (not succeeded)";
          case Response other -> "";
        };
    return "revision " + response.header().revision() + content;
  }

  private static long revision(Operation operation) {
    return operation.outcome() instanceof Outcome.Ok(Response response)
        ? response.header().revision()
        : 0;
  }

  private Violation violation(String summary, long revision, List<Operation> core) {
    return new Violation(
        property,
        summary,
        core.stream().mapToLong(Operation::end).max().orElse(0),
        core.stream().map(Operation::id).distinct().toList(),
        List.of(),
        core.stream()
            .map(Placement::member)
            .flatMap(List::stream)
            .distinct()
            .collect(Collectors.toList()),
        revision);
  }
}
