package io.etcdrobustness.checker.log;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** A fault of etcd, done to a correct history in which every write is acknowledged. */
enum Mutation {
  EVENT_DROPPED("WatchReliable", Mutation::dropRevision),
  FIRST_EVENT_DROPPED("WatchResumable", Mutation::dropFirst),
  RESPONSE_REPEATED("WatchUnique", Mutation::repeatResponse),
  RESPONSES_SWAPPED("WatchOrdered", Mutation::swapResponses),
  VALUE_CHANGED("WatchReliable", Mutation::changeValue),
  REVISION_SPLIT("WatchAtomic", Mutation::splitRevision),
  PART_DROPPED("WatchAtomic", Mutation::dropPart),
  PROGRESS_TOO_EARLY("WatchBookmarkable", Mutation::progressTooEarly),
  PROGRESS_LOWER("WatchBookmarkable", Mutation::progressLower),
  FOREIGN_KEY("WatchFilter", Mutation::foreignKey),
  EVENT_BELOW_START("WatchResumable", Mutation::belowStart),
  PREVIOUS_VALUE_WRONG("WatchPrevKV", Mutation::wrongPrevious),
  PREVIOUS_MISSING("WatchPrevKV", Mutation::missingPrevious),
  CREATED_FLAG_WRONG("WatchIsCreate", Mutation::wrongCreated),
  EVENT_INVENTED("WatchReliable", Mutation::inventEvent),
  STALE_CONTENT("SerializableReadFromPast", Mutation::staleContent),
  KEY_MISSING_FROM_PAST("SerializableReadFromPast", Mutation::keyMissing),
  ANSWER_FROM_THE_FUTURE("SerializableReadFromPast", Mutation::future),
  REVISION_FELL("RevisionMonotonic", Mutation::revisionFell),
  TERM_FELL("RevisionMonotonic", Mutation::termFell),
  COMPACTED_WITHOUT_COMPACTION("CompactionRespected", Mutation::wronglyCompacted),
  FUTURE_REVISION_OF_THE_PAST("CompactionRespected", Mutation::wronglyFuture),
  ACKNOWLEDGED_KEY_GONE("AcknowledgedWriteSurvives", Mutation::keyGone),
  ACKNOWLEDGED_TWICE("AcknowledgedWriteSurvives", Mutation::acknowledgedTwice);

  private final String property;
  private final BiFunction<History, RandomSource, Optional<History>> change;

  Mutation(String property, BiFunction<History, RandomSource, Optional<History>> change) {
    this.property = property;
    this.change = change;
  }

  /** The property that must be violated. */
  String property() {
    return property;
  }

  /** The mutated history; empty if it holds nothing to mutate. */
  Optional<History> apply(History history, RandomSource random) {
    return change.apply(history, random);
  }

  private static Optional<History> replace(History history, Entry old, List<? extends Entry> with) {
    List<Entry> entries = new ArrayList<>(history.operations());
    entries.addAll(history.faults());
    for (Watch watch : history.watches()) {
      if (watch == old) {
        with.forEach(entries::add);
      } else {
        entries.add(watch);
      }
    }
    if (old instanceof Operation) {
      int index = entries.indexOf(old);
      entries.remove(index);
      entries.addAll(index, with);
    }
    return Optional.of(History.of(history.facts(), entries));
  }

  private static <T> Optional<T> pick(List<T> candidates, RandomSource random) {
    return candidates.isEmpty() ? Optional.empty() : Optional.of(random.pick(candidates));
  }

  private record Delivered(Watch.Opened opened, List<Watch.Events> responses, int at) {
    Watch.Events response() {
      return responses.get(at);
    }

    boolean last() {
      return at == responses.size() - 1;
    }
  }

  private static List<Delivered> delivered(History history) {
    List<Delivered> all = new ArrayList<>();
    for (Watch opening : history.watches()) {
      if (opening instanceof Watch.Opened opened) {
        List<Watch.Events> responses = new ArrayList<>();
        for (Watch message : history.watches()) {
          if (message instanceof Watch.Events events && events.watch() == opened.watch()) {
            responses.add(events);
          }
        }
        for (int i = 0; i < responses.size(); i++) {
          all.add(new Delivered(opened, responses, i));
        }
      }
    }
    return all;
  }

  private static List<Delivered> whole(History history) {
    return delivered(history).stream()
        .filter(d ->
            !d.response().fragment() && (d.at() == 0 || !d.responses().get(d.at() - 1).fragment()))
        .toList();
  }

  private static Watch.Events with(Watch.Events response, List<Event> events) {
    return new Watch.Events(
        response.watch(), response.header(), events, response.fragment(), response.time());
  }

  private static List<Event> without(List<Event> events, long revision) {
    return events.stream().filter(event -> event.revision() != revision).toList();
  }

  private static boolean tellsAll(Set<String> told, Delivered delivered) {
    return delivered.response().events().stream()
        .allMatch(event -> told.contains(event.revision() + event.kv().key()));
  }

  private static Optional<History> dropRevision(History history, RandomSource random) {
    Set<String> told = told(history);
    return pick(
            whole(history).stream().filter(d -> !d.last() && tellsAll(told, d)).toList(), random)
        .flatMap(d -> {
          long revision = random.pick(d.response().events()).revision();
          return replace(
              history,
              d.response(),
              List.of(with(d.response(), without(d.response().events(), revision))));
        });
  }

  private static Optional<History> dropFirst(History history, RandomSource random) {
    Set<String> told = told(history);
    return pick(
            whole(history).stream()
                .filter(d ->
                    !d.last() && d.at() == 0 && d.opened().startRevision() > 0 && tellsAll(told, d))
                .toList(),
            random)
        .flatMap(d ->
            replace(
                history,
                d.response(),
                List.of(
                    with(
                        d.response(),
                        without(
                            d.response().events(), d.response().events().getFirst().revision())))));
  }

  private static Optional<History> repeatResponse(History history, RandomSource random) {
    return pick(whole(history), random)
        .flatMap(d -> replace(history, d.response(), List.of(d.response(), d.response())));
  }

  private static Optional<History> swapResponses(History history, RandomSource random) {
    return pick(
            whole(history).stream()
                .filter(d ->
                    d.response().events().getFirst().revision()
                        < d.response().events().getLast().revision())
                .toList(),
            random)
        .flatMap(d ->
            replace(
                history,
                d.response(),
                List.of(with(d.response(), d.response().events().reversed()))));
  }

  private static Optional<History> edit(
      History history, RandomSource random, BiFunction<Delivered, Event, Optional<Event>> editor) {
    record Edit(Delivered where, Event old, Event changed) {}
    List<Edit> edits = new ArrayList<>();
    for (Delivered delivered : delivered(history)) {
      for (Event event : delivered.response().events()) {
        editor
            .apply(delivered, event)
            .ifPresent(changed -> edits.add(new Edit(delivered, event, changed)));
      }
    }
    return pick(edits, random)
        .flatMap(edit ->
            replace(
                history,
                edit.where().response(),
                List.of(
                    with(
                        edit.where().response(),
                        edit.where().response().events().stream()
                            .map(event -> event == edit.old() ? edit.changed() : event)
                            .toList()))));
  }

  private static KeyValue withValue(KeyValue kv, String value) {
    return new KeyValue(
        kv.key(), value, kv.createRevision(), kv.modRevision(), kv.version(), kv.lease());
  }

  private static Optional<History> changeValue(History history, RandomSource random) {
    return edit(
        history,
        random,
        (where, event) ->
            event.type() == Event.Type.PUT
                ? Optional.of(
                    new Event(
                        event.type(),
                        withValue(event.kv(), "another"),
                        event.previous(),
                        event.created()))
                : Optional.empty());
  }

  private static List<Delivered> endingInSeveral(History history) {
    return whole(history).stream()
        .filter(d -> {
          List<Event> events = d.response().events();
          return events.size() > 1
              && events.getLast().revision() == events.get(events.size() - 2).revision();
        })
        .toList();
  }

  private static Optional<History> splitRevision(History history, RandomSource random) {
    return pick(endingInSeveral(history), random)
        .flatMap(d -> {
          List<Event> events = d.response().events();
          return replace(
              history,
              d.response(),
              List.of(
                  with(d.response(), events.subList(0, events.size() - 1)),
                  with(d.response(), events.subList(events.size() - 1, events.size()))));
        });
  }

  /** Every key that an acknowledged write tells; deletes of ranges may hide theirs. */
  private static Set<String> told(History history) {
    Set<String> told = new HashSet<>();
    for (AcknowledgedWrite write : RevisionLog.of(history).writes()) {
      write.changes().forEach(change -> told.add(change.revision() + change.key()));
    }
    return told;
  }

  private static Optional<History> dropPart(History history, RandomSource random) {
    Set<String> told = told(history);
    return pick(
            endingInSeveral(history).stream()
                .filter(d -> {
                  Event last = d.response().events().getLast();
                  return told.contains(last.revision() + last.kv().key());
                })
                .toList(),
            random)
        .flatMap(d -> {
          List<Event> events = d.response().events();
          return replace(
              history,
              d.response(),
              List.of(with(d.response(), events.subList(0, events.size() - 1))));
        });
  }

  private static Optional<History> progressTooEarly(History history, RandomSource random) {
    return pick(
            whole(history).stream()
                .filter(d ->
                    d.response().events().getFirst().revision()
                        > created(history, d.opened().watch()))
                .toList(),
            random)
        .flatMap(d ->
            replace(
                history,
                d.response(),
                List.of(
                    new Watch.Progress(
                        d.opened().watch(),
                        Header.ofRevision(d.response().events().getFirst().revision()),
                        d.response().time()),
                    d.response())));
  }

  private static Optional<History> progressLower(History history, RandomSource random) {
    return pick(
            whole(history).stream()
                .filter(d ->
                    d.response().events().getLast().revision() - 1
                        > created(history, d.opened().watch()))
                .toList(),
            random)
        .flatMap(d ->
            replace(
                history,
                d.response(),
                List.of(
                    d.response(),
                    new Watch.Progress(
                        d.opened().watch(),
                        Header.ofRevision(d.response().events().getLast().revision() - 1),
                        d.response().time()))));
  }

  private static long created(History history, long watch) {
    for (Watch message : history.watches()) {
      if (message instanceof Watch.Created created && created.watch() == watch) {
        return created.header().revision();
      }
    }
    return 0;
  }

  private static Optional<History> foreignKey(History history, RandomSource random) {
    return edit(
        history,
        random,
        (where, event) -> {
          KeyValue kv = event.kv();
          KeyValue foreign =
              new KeyValue(
                  "x", kv.value(), kv.createRevision(), kv.modRevision(), kv.version(), kv.lease());
          return ByteStrings.inRange("x", where.opened().key(), where.opened().rangeEnd())
              ? Optional.empty()
              : Optional.of(new Event(event.type(), foreign, event.previous(), event.created()));
        });
  }

  private static Optional<History> belowStart(History history, RandomSource random) {
    List<Delivered> all = whole(history);
    for (Delivered late : random.shuffled(all)) {
      for (Delivered early : all) {
        if (early.response().events().getFirst().revision() < late.opened().startRevision()) {
          return replace(
              history,
              late.response(),
              List.of(with(late.response(), early.response().events()), late.response()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<History> wrongPrevious(History history, RandomSource random) {
    RevisionLog log = RevisionLog.of(history);
    return edit(
        history,
        random,
        (where, event) ->
            event
                .previous()
                .filter(kv -> log.state(kv.key(), event.revision() - 1) instanceof KeyState.Present)
                .map(kv ->
                    new Event(
                        event.type(),
                        event.kv(),
                        Optional.of(withValue(kv, "another")),
                        event.created())));
  }

  /** The first events of a watch may lack it: see WatchPrevKV. */
  private static boolean toldOneBefore(History history, Watch.Events where) {
    return history.watches().stream()
        .anyMatch(message ->
            message instanceof Watch.Events earlier
                && earlier.watch() == where.watch()
                && earlier.time() < where.time()
                && earlier.events().stream().anyMatch(e -> e.previous().isPresent()));
  }

  private static Optional<History> missingPrevious(History history, RandomSource random) {
    boolean compacted =
        history.operations().stream()
            .anyMatch(op ->
                op.request() instanceof Request.Compact
                    && !(op.outcome() instanceof Outcome.Failed));
    return compacted
        ? Optional.empty()
        : edit(
            history,
            random,
            (where, event) ->
                event
                    .previous()
                    .filter(kv -> toldOneBefore(history, where.response()))
                    .map(kv ->
                        new Event(event.type(), event.kv(), Optional.empty(), event.created())));
  }

  private static Optional<History> wrongCreated(History history, RandomSource random) {
    return edit(
        history,
        random,
        (where, event) ->
            Optional.of(new Event(event.type(), event.kv(), event.previous(), !event.created())));
  }

  private static Optional<History> inventEvent(History history, RandomSource random) {
    RevisionLog log = RevisionLog.of(history);
    return pick(
            whole(history).stream()
                .filter(d ->
                    d.opened().rangeEnd().equals("\0")
                        && log.at(d.response().events().getLast().revision())
                            .map(Revision::complete)
                            .orElse(false))
                .toList(),
            random)
        .flatMap(d -> {
          List<Event> events = new ArrayList<>(d.response().events());
          long revision = events.getLast().revision();
          events.add(
              new Event(
                  Event.Type.PUT,
                  new KeyValue("x", "y", revision, revision, 1, 0),
                  Optional.empty(),
                  true));
          return replace(history, d.response(), List.of(with(d.response(), events)));
        });
  }

  private static Optional<History> answered(
      History history,
      RandomSource random,
      BiFunction<Request.Range, Response.Ranged, Optional<Response.Ranged>> editor) {
    record Edit(Operation old, Response.Ranged changed) {}
    List<Edit> edits = new ArrayList<>();
    for (Operation operation : history.operations()) {
      if (operation.request() instanceof Request.Range range
          && operation.outcome() instanceof Outcome.Ok(Response.Ranged ranged)) {
        editor.apply(range, ranged).ifPresent(changed -> edits.add(new Edit(operation, changed)));
      }
    }
    return pick(edits, random)
        .flatMap(edit ->
            replace(
                history,
                edit.old(),
                List.of(edit.old().withOutcome(new Outcome.Ok(edit.changed())))));
  }

  private static boolean past(Request.Range range) {
    return range.serializable() || range.revision() > 0;
  }

  private static Optional<History> staleContent(History history, RandomSource random) {
    RevisionLog log = RevisionLog.of(history);
    return answered(
        history,
        random,
        (range, answer) ->
            past(range)
                    && !answer.kvs().isEmpty()
                    && log.state(answer.kvs().getFirst().key(), at(range, answer))
                        instanceof KeyState.Present
                ? Optional.of(
                    new Response.Ranged(
                        answer.header(),
                        List.of(withValue(answer.kvs().getFirst(), "stale")),
                        answer.count(),
                        answer.more()))
                : Optional.empty());
  }

  private static long at(Request.Range range, Response.Ranged answer) {
    return range.revision() > 0 ? range.revision() : answer.header().revision();
  }

  private static Optional<History> keyMissing(History history, RandomSource random) {
    RevisionLog log = RevisionLog.of(history);
    return answered(
        history,
        random,
        (range, answer) ->
            past(range)
                    && !answer.kvs().isEmpty()
                    && log.state(answer.kvs().getFirst().key(), at(range, answer))
                        instanceof KeyState.Present
                ? Optional.of(
                    new Response.Ranged(
                        answer.header(),
                        answer.kvs().subList(1, answer.kvs().size()),
                        answer.count(),
                        answer.more()))
                : Optional.empty());
  }

  private static Optional<History> future(History history, RandomSource random) {
    long highest =
        RevisionLog.of(history).writes().stream()
            .mapToLong(AcknowledgedWrite::revision)
            .max()
            .orElse(0);
    long lastCall =
        RevisionLog.of(history).writes().stream()
            .filter(write -> write.revision() == highest)
            .mapToLong(write -> write.operation().call())
            .max()
            .orElse(0);
    List<Operation> early =
        history.operations().stream()
            .filter(operation ->
                operation.end() < lastCall
                    && operation.request() instanceof Request.Range range
                    && range.serializable()
                    && operation.outcome() instanceof Outcome.Ok)
            .toList();
    return pick(early, random)
        .flatMap(operation -> replace(history, operation, List.of(atRevision(operation, highest))));
  }

  private static Operation atRevision(Operation operation, long revision) {
    return operation.outcome() instanceof Outcome.Ok(Response.Ranged ranged)
        ? operation.withOutcome(
            new Outcome.Ok(
                new Response.Ranged(
                    new Header(7, ranged.header().memberId(), revision, 2),
                    ranged.kvs(),
                    ranged.count(),
                    ranged.more())))
        : operation;
  }

  private static List<Operation> linearizableReads(History history) {
    return history.operations().stream()
        .filter(operation ->
            operation.request() instanceof Request.Range range
                && !range.serializable()
                && operation.outcome() instanceof Outcome.Ok)
        .toList();
  }

  private static Optional<AcknowledgedWrite> acknowledgedBefore(History history, long time) {
    return RevisionLog.of(history).writes().stream()
        .filter(write -> write.operation().end() < time)
        .max((a, b) -> Long.compare(a.revision(), b.revision()));
  }

  private static Optional<History> revisionFell(History history, RandomSource random) {
    List<Operation> candidates =
        linearizableReads(history).stream()
            .filter(op -> acknowledgedBefore(history, op.call()).isPresent())
            .toList();
    return pick(candidates, random)
        .flatMap(operation ->
            replace(
                history,
                operation,
                List.of(
                    atRevision(
                        operation,
                        acknowledgedBefore(history, operation.call()).orElseThrow().revision()
                            - 1))));
  }

  private static Optional<History> termFell(History history, RandomSource random) {
    List<Operation> candidates =
        history.operations().stream()
            .filter(later ->
                later.outcome() instanceof Outcome.Ok(Response.Ranged ranged)
                    && history.operations().stream()
                        .anyMatch(earlier ->
                            earlier.end() < later.call()
                                && earlier.outcome() instanceof Outcome.Ok ok
                                && ok.response().header().memberId() == ranged.header().memberId()))
            .toList();
    return pick(candidates, random)
        .flatMap(operation ->
            operation.outcome() instanceof Outcome.Ok(Response.Ranged ranged)
                ? replace(
                    history,
                    operation,
                    List.of(
                        operation.withOutcome(
                            new Outcome.Ok(
                                new Response.Ranged(
                                    new Header(
                                        7,
                                        ranged.header().memberId(),
                                        ranged.header().revision(),
                                        1),
                                    ranged.kvs(),
                                    ranged.count(),
                                    ranged.more())))))
                : Optional.empty());
  }

  private static Outcome refused(Failure.Kind kind) {
    return new Outcome.Failed(new Failure(kind, "OUT_OF_RANGE", kind.name()));
  }

  private static Optional<History> wronglyCompacted(History history, RandomSource random) {
    List<Operation> candidates =
        history.operations().stream()
            .filter(op ->
                op.request() instanceof Request.Range range
                    && range.revision() > 0
                    && op.outcome() instanceof Outcome.Ok
                    && history.operations().stream()
                        .noneMatch(other ->
                            other.request() instanceof Request.Compact compact
                                && compact.revision() > range.revision()
                                && !(other.outcome() instanceof Outcome.Failed)
                                && other.call() <= op.end()))
            .toList();
    return pick(candidates, random)
        .flatMap(
            op -> replace(history, op, List.of(op.withOutcome(refused(Failure.Kind.COMPACTED)))));
  }

  private static Optional<History> wronglyFuture(History history, RandomSource random) {
    List<Operation> candidates =
        linearizableReads(history).stream()
            .filter(op ->
                op.request() instanceof Request.Range range
                    && range.revision() > 0
                    && acknowledgedBefore(history, op.call())
                        .filter(write -> write.revision() >= range.revision())
                        .isPresent())
            .toList();
    return pick(candidates, random)
        .flatMap(op ->
            replace(history, op, List.of(op.withOutcome(refused(Failure.Kind.FUTURE_REVISION)))));
  }

  private static Optional<History> keyGone(History history, RandomSource random) {
    RevisionLog log = RevisionLog.of(history);
    boolean hidden = log.writes().stream().anyMatch(write -> !write.complete());
    if (hidden) {
      return Optional.empty();
    }
    List<Operation> candidates = new ArrayList<>();
    for (Operation operation : linearizableReads(history)) {
      if (operation.request() instanceof Request.Range range
          && range.revision() == 0
          && range.limit() == 0
          && operation.outcome() instanceof Outcome.Ok(Response.Ranged ranged)
          && ranged.kvs().stream()
              .anyMatch(kv ->
                  log.at(kv.modRevision())
                      .flatMap(Revision::owner)
                      .filter(write -> write.operation().end() < operation.call())
                      .isPresent())) {
        candidates.add(operation);
      }
    }
    return pick(candidates, random)
        .flatMap(operation ->
            operation.outcome() instanceof Outcome.Ok(Response.Ranged ranged)
                ? replace(
                    history,
                    operation,
                    List.of(
                        operation.withOutcome(
                            new Outcome.Ok(
                                new Response.Ranged(ranged.header(), List.of(), 0, false)))))
                : Optional.empty());
  }

  private static Optional<History> acknowledgedTwice(History history, RandomSource random) {
    List<AcknowledgedWrite> writes = RevisionLog.of(history).writes();
    List<Operation> puts =
        writes.stream()
            .map(AcknowledgedWrite::operation)
            .filter(op -> op.request() instanceof Request.Put)
            .toList();
    if (puts.size() < 2) {
      return Optional.empty();
    }
    Operation first = puts.getFirst();
    Operation last = puts.getLast();
    return first.outcome() instanceof Outcome.Ok ok
        ? replace(history, last, List.of(last.withOutcome(ok)))
        : Optional.empty();
  }
}
