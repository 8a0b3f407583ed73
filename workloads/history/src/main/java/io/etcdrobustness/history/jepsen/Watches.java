package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The workload {@code watch}: puts of one key, each of another number, and watches of it, with
 * every response as it came ({@code watch} of {@code watch.clj}).
 *
 * <p>A watch goes on where the last one of its process left off. A {@code final-watch} is several
 * watches, of which only the last one's responses are told and not where it began; it is taken to
 * have begun with its first event, before which nothing is judged.
 *
 * <p>A put's revision is not recorded. Where watches tell one revision for its number, that is its
 * revision; else its outcome counts as unknown, unless it {@linkplain PutRevisions cannot have had
 * any}.
 */
final class Watches {

  private static final Edn KEY = new Edn.Text("w");

  private final List<Entry> entries;
  private final PutRevisions revisions = new PutRevisions();
  private final List<String> lost = new ArrayList<>();
  private final Map<Integer, Long> left = new HashMap<>();
  private int unplaced;

  private Watches(List<FaultWindow> faults) {
    entries = new ArrayList<>(faults);
  }

  /**
   * What was read.
   *
   * @param unplaced puts that were answered, and that no watch told of, or each with another
   *     revision
   * @param lost puts that were answered and cannot have had any revision, in words
   */
  record Read(History history, int unplaced, List<String> lost) {}

  static Read read(List<Call> calls, List<FaultWindow> faults) throws HistoryFormatException {
    Watches watches = new Watches(faults);
    for (Call call : calls) {
      if (!call.f().equals("write")) {
        watches.watch(call);
      }
    }
    List<Call> puts = calls.stream().filter(call -> call.f().equals("write")).toList();
    for (Call put : puts) {
      watches.put(put, puts);
    }
    return new Read(
        History.of(new History.Facts(History.Start.EMPTY, true, false, true), watches.entries),
        watches.unplaced,
        watches.lost);
  }

  private void put(Call call, List<Call> puts) {
    String value = call.asked().asValue();
    Outcome outcome =
        switch (call.ended()) {
          case OK -> answered(call, puts);
          case REFUSED -> new Outcome.Failed(call.failure());
          case UNKNOWN -> new Outcome.Unknown(call.failure());
        };
    entries.add(
        new Operation(
            call.id(0),
            call.client(),
            "",
            Request.Put.of(KEY.asKey(), value),
            call.begin(),
            call.end(),
            outcome));
  }

  private Outcome answered(Call call, List<Call> puts) {
    OptionalLong told = revisions.of(call.asked().asValue());
    OptionalLong revision = told.isPresent() ? told : revisions.contradicting(call, puts);
    if (revision.isEmpty()) {
      unplaced++;
      return new Outcome.Unknown(
          new Failure(Failure.Kind.OTHER, "", "answered, but the revision is not in the history"));
    }
    if (told.isEmpty()) {
      lost.add(
          ("the put of %s that was answered at %s was told by no watch, though watches told what was"
                  + " put before and after it; it is given the revision %d")
              .formatted(
                  call.asked().text(),
                  call.completion().orElse(call.invoke()).at(),
                  revision.getAsLong()));
    }
    return new Outcome.Ok(
        new Response.PutDone(Header.ofRevision(revision.getAsLong()), Optional.empty()));
  }

  private void watch(Call call) throws HistoryFormatException {
    Edn error = call.completion().map(JepsenOp::error).orElse(Edn.NIL);
    if (error instanceof Edn.Items(List<Edn> items)
        && !items.isEmpty()
        && items.getFirst().is("nonmonotonic-watch")) {
      throw call.wrong(
          "the watcher saw revisions go back, which breaks what etcd promises of watches, but the"
              + " history holds no more of it than these words, which cannot be judged: "
              + error.text());
    }
    if (call.ended() != Call.End.OK) {
      return;
    }
    Edn value = call.answered();
    if (!(value.get("events") instanceof Edn.Items(List<Edn> responses))
        || value.get("revision").asLong().isEmpty()) {
      throw call.wrong(
          "expected {:revision …, :events […]} of a watch: without its events it cannot be judged;"
              + " jepsen.etcd tells them since December 2019");
    }
    List<Watch.Events> events = new ArrayList<>();
    for (Edn response : responses) {
      events.add(events(call, response));
    }
    boolean last = call.f().equals("final-watch");
    long start =
        last
            ? events.stream()
                .flatMap(each -> each.events().stream())
                .mapToLong(Event::revision)
                .findFirst()
                .orElse(0)
            : left.getOrDefault(call.client(), 0L) + 1;
    left.put(call.client(), value.get("revision").asLong().getAsLong());
    if (last && start == 0) {
      return;
    }
    entries.add(
        new Watch.Opened(
            call.id(0),
            call.client(),
            "",
            KEY.asKey(),
            "",
            start,
            false,
            false,
            false,
            false,
            call.begin()));
    entries.addAll(events);
    events.stream()
        .flatMap(each -> each.events().stream())
        .mapToLong(Event::revision)
        .max()
        .ifPresent(end -> revisions.pass(start, end));
    entries.add(new Watch.Closed(call.id(0), call.end()));
  }

  private Watch.Events events(Call call, Edn response) throws HistoryFormatException {
    if (!(response.get("events") instanceof Edn.Items(List<Edn> told))) {
      throw call.wrong("expected :events in a watch's response, found " + response.text());
    }
    Header header =
        DebugParts.header(response)
            .orElseThrow(() -> call.wrong("a watch's response has no revision in its :header"));
    List<Event> events = new ArrayList<>();
    for (Edn event : told) {
      events.add(event(call, event));
    }
    // When it arrived is not told; by the end of the operation it had.
    return new Watch.Events(call.id(0), header, events, false, call.end());
  }

  private Event event(Call call, Edn event) throws HistoryFormatException {
    if (!(event.get("kv") instanceof Edn.Items(List<Edn> pair)) || pair.size() != 2) {
      throw call.wrong("expected [key {…}] as :kv of an event, found " + event.get("kv").text());
    }
    KeyValue kv = DebugParts.keyValue(call, pair.getFirst(), pair.get(1));
    return switch (event.get("type").text()) {
      case ":put" -> {
        revisions.tell(kv.value(), kv.modRevision());
        yield new Event(Event.Type.PUT, kv, Optional.empty(), kv.version() == 1);
      }
      case ":delete" -> new Event(Event.Type.DELETE, kv, Optional.empty(), false);
      case String other -> throw call.wrong("expected :put or :delete, found " + other);
    };
  }
}
