package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;

/**
 * What clients were told, up to where etcd looks into the members' logs for the rest, and ways in
 * which it may go on.
 *
 * <p>etcd's case says how the logs patch the history: a request that was not answered is dropped,
 * or is known to have taken effect, perhaps at a revision and before a time. Here stands what that
 * decides: which ways to go on the patched history explains, and which not. Where etcd's case gives
 * no revisions these are those that etcd would have given; where its request would have no effect
 * on an empty store, something was put before.
 */
final class PatchCase {

  /** Milliseconds; long before all that etcd's cases tell. */
  private static final long START = 0;

  private static final History.Facts FACTS =
      new History.Facts(History.Start.EMPTY, false, false, false);

  private final String name;
  private final List<Consumer<Clients>> given = new ArrayList<>();
  private final List<Continuation> continuations = new ArrayList<>();

  private PatchCase(String name) {
    this.name = name;
  }

  /** The case that etcd calls {@code name}. */
  static PatchCase named(String name) {
    return new PatchCase(name);
  }

  /** This happened. */
  PatchCase given(Consumer<Clients> clients) {
    given.add(clients);
    return this;
  }

  /** It may go on like that, as etcd and we say. */
  PatchCase holds(String how, Consumer<Clients> clients) {
    return add(how, Verdict.HOLDS, "", clients);
  }

  /** It cannot go on like that, as etcd and we say: it is not linearizable. */
  PatchCase fails(String how, Consumer<Clients> clients) {
    return fails("Linearizable", how, clients);
  }

  /** It cannot go on like that, as etcd and we say; with us this property tells. */
  PatchCase fails(String property, String how, Consumer<Clients> clients) {
    return add(how, Verdict.FAILS, property, clients);
  }

  /** It cannot go on like that, as etcd learns from the members' logs; we cannot know. */
  PatchCase failsByTheLogsAlone(String how, Consumer<Clients> clients) {
    return add(how, Verdict.ONLY_LOGS_TELL, "", clients);
  }

  private PatchCase add(String how, Verdict verdict, String property, Consumer<Clients> clients) {
    continuations.add(new Continuation(how, verdict, property, clients));
    return this;
  }

  /** Whether the case decides something: one way to go on is explained, and one is not. */
  boolean decides() {
    return count(Verdict.HOLDS) > 0 && count(Verdict.FAILS) > 0;
  }

  /** How many ways to go on only the members' logs tell to be wrong. */
  long onlyLogsTell() {
    return count(Verdict.ONLY_LOGS_TELL);
  }

  private long count(Verdict verdict) {
    return continuations.stream().filter(each -> each.verdict == verdict).count();
  }

  /** The case as a test. */
  DynamicTest test() {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          for (Continuation continuation : continuations) {
            Clients clients = new Clients();
            given.forEach(each -> each.accept(clients));
            continuation.clients.accept(clients);
            List<String> broken = Verdicts.brokenBy(clients.history());
            switch (continuation.verdict) {
              case HOLDS, ONLY_LOGS_TELL -> assertThat(broken).as(continuation.how).isEmpty();
              case FAILS -> assertThat(broken).as(continuation.how).contains(continuation.property);
            }
          }
        });
  }

  private enum Verdict {
    HOLDS,
    FAILS,
    /** etcd: no; we: yes. */
    ONLY_LOGS_TELL
  }

  private record Continuation(
      String how, Verdict verdict, String property, Consumer<Clients> clients) {}

  /** What clients were told; times in milliseconds, as those of etcd's cases in nanoseconds. */
  static final class Clients {

    private final Histories histories = Histories.empty().facts(FACTS);
    private boolean watching;

    Clients ok(long call, long end, Request request, Response answer) {
      histories.ok(call, end, request, answer);
      return this;
    }

    Clients lost(long call, long end, Request request) {
      histories.unknown(call, end, request);
      return this;
    }

    Clients compacted(long call, long end, Request request) {
      histories.failed(call, end, request, Failure.Kind.COMPACTED);
      return this;
    }

    /** A read finds a key. */
    Clients finds(long call, long revision, KeyValue kv) {
      return ok(call, call + 10, get(kv.key()), Told.found(revision, kv));
    }

    /** A read finds no key. */
    Clients misses(long call, long revision, String key) {
      return ok(call, call + 10, get(key), Told.absent(revision));
    }

    /** A response on a watch of all keys from the beginning on. */
    Clients watched(long time, Event... events) {
      if (!watching) {
        watching = true;
        histories.add(
            new Watch.Opened(
                1, 1, "", "\0", "\0", 0, false, false, false, false, Histories.ns(START)));
      }
      histories.add(
          new Watch.Events(1, Told.header(0), List.of(events), false, Histories.ns(time)));
      return this;
    }

    private History history() {
      return histories.build();
    }
  }
}
