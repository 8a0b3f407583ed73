package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.spec.WorkloadSpec;
import io.etcdrobustness.traffic.profile.Generators;
import io.etcdrobustness.traffic.profile.Observed;
import io.etcdrobustness.traffic.profile.PlannedStream;
import io.etcdrobustness.traffic.profile.TrafficPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Drives all streams of a plan.
 *
 * <p>The end goes in this order: (1) no client sends anything new, (2) what is under way ends, each
 * by its timeout at the latest, (3) the watches are told the highest revision seen and close when
 * they have delivered everything up to it, or when their patience is over.
 */
public final class TrafficDriver {

  /** The longest that watches may take to catch up at the end. */
  private static final Duration CATCH_UP = Duration.ofSeconds(5);

  /** The time after a request's timeout by which its answer must have come, whatever happens. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final Duration requestTimeout;
  private final Observed observed = new Observed();
  private final Valve valve = new Valve();
  private final TrafficStats stats;
  private final List<RequestLoop> requests = new ArrayList<>();
  private final List<WatchLoop> watches = new ArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private boolean stopping;

  /**
   * A driver that does not run yet.
   *
   * @param members names of all members, as the plan was made for
   * @param random what the plan was drawn from
   */
  public TrafficDriver(
      TrafficPlan plan,
      WorkloadSpec workload,
      List<String> members,
      RandomSource random,
      Gateway gateway,
      Scheduler scheduler) {
    this.scheduler = scheduler;
    this.requestTimeout = workload.timeout();
    this.stats = new TrafficStats(scheduler, observed::revision);
    Generators generators = new Generators(workload, random, observed);
    for (PlannedStream stream : plan.streams()) {
      RandomSource own = random.fork(stream.label());
      if (stream.kind().watches()) {
        watches.add(
            new WatchLoop(
                generators.watches(stream),
                own.fork("pace"),
                gateway.requests(stream.client(), stream.member()),
                gateway.watches(stream.client(), stream.member()),
                scheduler,
                valve,
                observed,
                stats,
                this::answered,
                stream.kind() == PlannedStream.Kind.WITNESS));
      } else {
        requests.add(
            new RequestLoop(
                generators.requests(stream),
                new Pace(own.fork("pace"), stream, valve),
                sink(stream, members, own.fork("member"), gateway),
                scheduler,
                valve,
                this::answered));
      }
    }
  }

  private static RequestSink sink(
      PlannedStream stream, List<String> members, RandomSource random, Gateway gateway) {
    return stream.kind().asksEachMember()
        ? new AnyMember(
            random,
            members.stream().map(member -> gateway.requests(stream.client(), member)).toList())
        : gateway.requests(stream.client(), stream.member());
  }

  /** Starts all streams. */
  public void start() {
    scheduler.execute(() -> {
      watches.forEach(WatchLoop::start);
      requests.forEach(RequestLoop::start);
    });
  }

  /** What the traffic has done so far. */
  public TrafficStats stats() {
    return stats;
  }

  /**
   * Holds the traffic: nobody sends anything new, and what clients, watches, leases and locks are
   * about stays as it is until {@link #goOn}. On the loop.
   *
   * @return completes on the loop when nothing is under way; exceptionally if something still is a
   *     second after its timeout, which a sink promises not to happen
   */
  public CompletionStage<Void> hold() {
    valve.shut();
    CompletableFuture<Void> held = new CompletableFuture<>();
    Duration most = requestTimeout.plus(GRACE);
    Scheduler.Timer late =
        scheduler.after(
            most,
            () ->
                held.completeExceptionally(
                    new IllegalStateException(
                        "a request is under way %d ms after the traffic was held, and its timeout is %d ms"
                            .formatted(most.toMillis(), requestTimeout.toMillis()))));
    List<CompletableFuture<Void>> idle = new ArrayList<>();
    requests.forEach(client -> idle.add(client.idle().toCompletableFuture()));
    watches.forEach(client -> idle.add(client.idle().toCompletableFuture()));
    var _ =
        CompletableFuture.allOf(idle.toArray(CompletableFuture<?>[]::new))
            .thenRun(() -> {
              late.cancel();
              held.complete(null);
            });
    return held;
  }

  /**
   * Waits until open watches have delivered what happened up to {@code revision}. One that has not
   * within five seconds is closed: what it would deliver later would be of before. On the loop.
   *
   * @return completes on the loop
   */
  public CompletionStage<Void> catchUp(long revision) {
    return CompletableFuture.allOf(
        watches.stream()
            .map(watch -> watch.catchUp(revision, CATCH_UP).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Goes on after {@link #hold}. On the loop. */
  public void goOn() {
    valve.open();
  }

  /**
   * Makes clients pause longer than planned, by {@code factor}; 1 for as planned. On the loop.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public void lengthenPauses(double factor) {
    valve.lengthenPauses(factor);
  }

  /**
   * Ends the traffic. Idempotent.
   *
   * @return completes on the loop when nothing of it is left; exceptionally if a stream failed to
   *     end
   */
  public CompletionStage<Void> stop() {
    scheduler.execute(() -> {
      if (!stopping) {
        stopping = true;
        whenAll(requests, RequestLoop::stop, requestTimeout.plus(GRACE), this::stopWatches);
        // Watches that were held may have something left to see.
        valve.open();
      }
    });
    return ended;
  }

  private void stopWatches() {
    long revision = observed.revision();
    whenAll(
        watches,
        watch -> watch.stop(revision, CATCH_UP),
        CATCH_UP.plus(requestTimeout).plus(GRACE),
        () -> ended.complete(null));
  }

  /** Stops all of {@code streams}, and goes on when they have ended or time is up. */
  private <T> void whenAll(
      List<T> streams, Function<T, CompletionStage<Void>> stop, Duration most, Runnable then) {
    List<CompletableFuture<Void>> each =
        streams.stream().map(stop).map(CompletionStage::toCompletableFuture).toList();
    CompletableFuture<Void> all =
        CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new));
    // At once: another stream may wait for its time to be up, which must not hide the failure.
    each.forEach(one -> {
      var _ =
          one.exceptionally(failure -> {
            all.completeExceptionally(failure);
            return null;
          });
    });
    Scheduler.Timer timer = scheduler.after(most, () -> all.complete(null));
    var _ =
        all.thenRun(
                () -> {
                  timer.cancel();
                  then.run();
                })
            .exceptionally(failure -> {
              ended.completeExceptionally(failure);
              return null;
            });
  }

  private void answered(Operation operation) {
    observed.saw(operation);
    stats.ended(operation);
  }
}
