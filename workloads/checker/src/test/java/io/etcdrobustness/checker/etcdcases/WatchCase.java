package io.etcdrobustness.checker.etcdcases;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.log.Story;
import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;

/**
 * Some requests that were executed, and watches that tell of them.
 *
 * <p>etcd reads from members' logs what was executed. We know it from the clients: each request is
 * an operation that got the answer it must get. Watches were opened before all of them, as nothing
 * in etcd's cases tells when they were.
 */
final class WatchCase {

  private final String name;
  private final List<Request> executed = new ArrayList<>();
  private final List<Watched> watches = new ArrayList<>();
  private List<String> etcdSays = List.of();
  private List<String> weSay = List.of();
  private String reason = "";

  private WatchCase(String name) {
    this.name = name;
  }

  /** The case that etcd calls {@code name}. */
  static WatchCase named(String name) {
    return new WatchCase(name);
  }

  /** These were executed, in this order. */
  WatchCase executed(Request... requests) {
    executed.addAll(List.of(requests));
    return this;
  }

  /** One more watch, of one key from now on. */
  WatchCase of(String key) {
    watches.add(new Watched(key, "", 0, false, new ArrayList<>()));
    return this;
  }

  /** One more watch, of all keys that begin with {@code prefix}, from now on. */
  WatchCase ofPrefix(String prefix) {
    // etcd takes no empty key; its client sends this one instead.
    String first = prefix.isEmpty() ? "\0" : prefix;
    watches.add(new Watched(first, ByteStrings.prefixEnd(prefix), 0, false, new ArrayList<>()));
    return this;
  }

  /** One more watch, of all keys, from now on. */
  WatchCase ofAll() {
    return ofPrefix("");
  }

  /** The last watch begins at {@code revision}. */
  WatchCase from(long revision) {
    Watched last = watches.removeLast();
    watches.add(new Watched(last.key, last.end, revision, last.previous, last.messages));
    return this;
  }

  /** The last watch asks for previous keys. */
  WatchCase withPrevious() {
    Watched last = watches.removeLast();
    watches.add(new Watched(last.key, last.end, last.start, true, last.messages));
    return this;
  }

  /** The next response on the last watch. */
  WatchCase got(Event... events) {
    return message(watching -> watching.events(events));
  }

  /** Progress is told on the last watch. */
  WatchCase progress(long revision) {
    return message(watching -> watching.progress(revision));
  }

  /**
   * The last watch ends as what it needs has been compacted; etcd's cases do not tell up to where.
   */
  WatchCase compacted() {
    return message(watching -> watching.compacted(0));
  }

  private WatchCase message(Consumer<Story.Watching> message) {
    watches.getLast().messages.add(message);
    return this;
  }

  /** Nothing is wrong. */
  WatchCase holds() {
    return this;
  }

  /** This guarantee is broken, as etcd and we say. */
  WatchCase breaks(String guarantee) {
    etcdSays = List.of(guarantee);
    weSay = etcdSays;
    return this;
  }

  /** These are too, as we say. */
  WatchCase also(String why, String... guarantees) {
    weSay = Verdicts.joined(weSay, guarantees);
    reason = why;
    return this;
  }

  /** These are instead, as we say. */
  WatchCase rather(String why, String... guarantees) {
    weSay = List.of(guarantees);
    reason = why;
    return this;
  }

  /** The case as a test. */
  DynamicTest test() {
    return DynamicTest.dynamicTest(
        name,
        () ->
            assertThat(Verdicts.brokenBy(history()))
                .as("etcd: %s. %s", etcdSays, reason)
                .containsExactlyInAnyOrderElementsOf(weSay));
  }

  private History history() {
    Story story = new Story();
    List<Story.Watching> open = new ArrayList<>();
    int id = 0;
    for (Watched watch : watches) {
      id++;
      open.add(
          story.watch(
              new Watch.Opened(
                  id,
                  -id,
                  "",
                  watch.key,
                  watch.end,
                  watch.start,
                  true,
                  watch.previous,
                  false,
                  false,
                  story.now())));
    }
    EtcdModel model = new EtcdModel(Store.empty(), LeaseRule.STRICT);
    for (Request request : executed) {
      switch (model.execute(request)) {
        case Step.Done done -> story.ok(request, done.response());
        case Step.Refused(Failure.Kind refusal) -> story.refused(request, refusal);
      }
    }
    for (int i = 0; i < watches.size(); i++) {
      for (Consumer<Story.Watching> message : watches.get(i).messages) {
        message.accept(open.get(i));
      }
    }
    return story.history();
  }

  /** What we say, and why it is not what etcd says; empty: it is. */
  Optional<String> difference() {
    return etcdSays.equals(weSay) ? Optional.empty() : Optional.of(reason);
  }

  private record Watched(
      String key,
      String end,
      long start,
      boolean previous,
      List<Consumer<Story.Watching>> messages) {}
}
