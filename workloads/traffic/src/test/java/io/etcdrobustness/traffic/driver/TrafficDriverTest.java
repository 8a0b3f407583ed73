package io.etcdrobustness.traffic.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import io.etcdrobustness.traffic.profile.PlannedStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrafficDriverTest {

  private static final long SEED = 7;

  @ParameterizedTest
  @EnumSource(Profile.class)
  void theSameSeedSendsTheSameRequestsAtTheSameTime(Profile profile) {
    TrafficRun first = new TrafficRun(profile, SEED).start().run(Duration.ofSeconds(5));
    TrafficRun second = new TrafficRun(profile, SEED).start().run(Duration.ofSeconds(5));
    assertThat(first.etcd.sent).as("seed %d", SEED).isEqualTo(second.etcd.sent).isNotEmpty();
    assertThat(first.etcd.watched).as("seed %d", SEED).isEqualTo(second.etcd.watched).isNotEmpty();
    assertThat(new TrafficRun(profile, SEED + 1).start().run(Duration.ofSeconds(5)).etcd.sent)
        .isNotEqualTo(first.etcd.sent);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void aClientSendsOneRequestAfterTheOther(Profile profile) {
    TrafficRun run = new TrafficRun(profile, SEED).start().run(Duration.ofSeconds(5));
    run.etcd.operations.stream()
        .collect(Collectors.groupingBy(Operation::client))
        .forEach((client, own) -> {
          for (int i = 1; i < own.size(); i++) {
            assertThat(own.get(i).call())
                .as("client %d, seed %d", client, SEED)
                .isGreaterThanOrEqualTo(own.get(i - 1).end());
          }
        });
  }

  @Test
  void watchesComeAndGoFromPastCompactedPresentAndFutureRevisions() {
    TrafficRun run = new TrafficRun(Profile.Mixed, SEED).start().run(Duration.ofSeconds(20));
    Set<Integer> watchers = run.clients(PlannedStream.Kind.WATCHER);
    List<MemoryEtcd.Watched> watched =
        run.etcd.watched.stream().filter(watch -> watchers.contains(watch.client())).toList();
    assertThat(
            watched.stream().collect(Collectors.groupingBy(w -> w.client(), Collectors.counting())))
        .as("seed %d", SEED)
        .hasSize(watchers.size())
        .allSatisfy((client, watches) -> assertThat(watches).isGreaterThan(6));
    assertThat(watched).anyMatch(watch -> watch.request().startRevision() == 0);
    assertThat(watched).anyMatch(watch -> watch.request().noPut());
    assertThat(watched).anyMatch(watch -> watch.request().noDelete());
    assertThat(watched).anyMatch(watch -> watch.request().prevKv());
    assertThat(watched).anyMatch(watch -> watch.request().fragment());
    assertThat(watched).anyMatch(watch -> watch.request().rangeEnd().isEmpty());
    assertThat(run.etcd.progressRequests)
        .as("seed %d: by member, in 20 s", SEED)
        .containsKeys("m1", "m2", "m3")
        .allSatisfy(
            (member, requests) -> assertThat(requests).isGreaterThan(member.isEmpty() ? 0 : 300));
  }

  @Test
  void theWitnessResumesBehindItsLastEventAndAtTheCompactRevision() {
    TrafficRun run = new TrafficRun(Profile.Watch, SEED).start().run(Duration.ofSeconds(3));
    int witness = run.clients(PlannedStream.Kind.WITNESS).iterator().next();
    long before = run.etcd.store.revision();
    run.etcd.breakStreams(witness);
    run.run(Duration.ofSeconds(2));
    List<Long> starts =
        run.etcd.watched.stream()
            .filter(watch -> watch.client() == witness)
            .map(watch -> watch.request().startRevision())
            .toList();
    assertThat(starts.getFirst()).isEqualTo(1);
    assertThat(starts).hasSizeGreaterThanOrEqualTo(2);
    assertThat(starts.get(1)).as("seed %d", SEED).isBetween(before - 5, before + 1);

    run.etcd.breakStreams(witness);
    int seen = run.etcd.watched.size();
    long resumeAt = run.etcd.store.revision() + 1;
    // Nobody writes between the break and the compaction, so this is beyond all it has seen.
    run.etcd.store.execute(Request.Put.of("x", "x1"));
    run.etcd.store.execute(Request.Put.of("x", "x2"));
    long compacted = run.etcd.store.revision();
    run.etcd.store.execute(new Request.Compact(compacted, false));
    run.run(Duration.ofSeconds(1));
    assertThat(
            run.etcd.watched.stream()
                .skip(seen)
                .filter(watch -> watch.client() == witness)
                .map(watch -> watch.request().startRevision()))
        .as("seed %d", SEED)
        .anyMatch(start -> start <= resumeAt)
        .anyMatch(start -> start >= compacted);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void stoppingLeavesNothingUnderWayAndWatchesHaveCaughtUp(Profile profile) {
    TrafficRun run = new TrafficRun(profile, SEED).start().run(Duration.ofSeconds(5));
    CompletableFuture<Void> ended = run.stopWithin(Duration.ofSeconds(4));
    assertThat(ended).as("%s, seed %d", profile, SEED).isCompleted();
    assertThat(run.etcd.operations).hasSameSizeAs(run.etcd.sent);
    assertThat(run.etcd.open).isEmpty();
    TrafficStats.Snapshot stats = run.driver.stats().snapshot();
    assertThat(stats.operations()).isEqualTo(run.etcd.operations.size());
    assertThat(stats.openStreams()).isZero();
    int sent = run.etcd.sent.size();
    int watched = run.etcd.watched.size();
    run.run(Duration.ofSeconds(30));
    assertThat(run.etcd.sent).hasSize(sent);
    assertThat(run.etcd.watched).hasSize(watched);
  }

  @Test
  void witnessesThatAreNotWatchingWhenTheTrafficStopsAreOpenedOnceMore() {
    TrafficRun run = new TrafficRun(Profile.Append, SEED).start().run(Duration.ofSeconds(3));
    Set<Integer> witnesses = run.clients(PlannedStream.Kind.WITNESS);
    witnesses.forEach(run.etcd::breakStreams);
    int watched = run.etcd.watched.size();
    CompletableFuture<Void> ended = run.stopWithin(Duration.ofSeconds(8));
    assertThat(ended).isCompleted();
    assertThat(
            run.etcd.watched.stream()
                .skip(watched)
                .map(MemoryEtcd.Watched::client)
                .collect(Collectors.toSet()))
        .as("seed %d", SEED)
        .containsAll(witnesses);
    assertThat(run.etcd.open).isEmpty();
  }

  @Test
  void stoppingEndsAlthoughEtcdIsSilent() {
    TrafficRun run = new TrafficRun(Profile.Mixed, SEED).start().run(Duration.ofSeconds(1));
    run.etcd.silent = true;
    run.run(Duration.ofSeconds(5));
    assertThat(run.driver.stats().snapshot().failures().get(Failure.Kind.DEADLINE))
        .isGreaterThan(10);
    CompletableFuture<Void> ended = run.stopWithin(Duration.ofSeconds(12));
    assertThat(ended).as("seed %d", SEED).isCompleted();
    assertThat(run.etcd.open).isEmpty();
  }

  @Test
  void stoppingEndsAlthoughNotEvenTimeoutsCome() {
    TrafficRun run = new TrafficRun(Profile.Kubernetes, SEED).start().run(Duration.ofSeconds(1));
    run.etcd.dead = true;
    run.etcd.silent = true;
    run.run(Duration.ofSeconds(5));
    assertThat(run.stopWithin(Duration.ofSeconds(12))).as("seed %d", SEED).isCompleted();
  }

  @Test
  void aClusterThatComesBackIsNotMetByABurst() {
    TrafficRun run = new TrafficRun(Profile.Mixed, SEED).start().run(Duration.ofSeconds(2));
    run.etcd.silent = true;
    run.run(Duration.ofSeconds(10));
    run.etcd.silent = false;
    long back = run.scheduler.now();
    run.run(Duration.ofSeconds(3));
    Set<Integer> clients = run.clients(PlannedStream.Kind.REQUESTS);
    assertThat(
            run.etcd.sent.stream()
                .filter(sent -> sent.time() > back && clients.contains(sent.client()))
                .count())
        .as("seed %d", SEED)
        .isLessThan(1650);
  }

  @Test
  void anUnknownOutcomeKeepsTheClientsNumber() {
    TrafficRun run = new TrafficRun(Profile.Mixed, SEED).start();
    run.etcd.silent = true;
    run.run(Duration.ofSeconds(10));
    Set<Integer> planned = run.clients(PlannedStream.Kind.REQUESTS);
    assertThat(
            run.etcd.sent.stream()
                .map(MemoryEtcd.Sent::client)
                .filter(planned::contains)
                .collect(Collectors.toSet()))
        .isEqualTo(planned);
    assertThat(run.driver.stats().snapshot().unknown()).isGreaterThan(24);
  }

  @Test
  void aStreamThatFailsToEndFailsTheEndInsteadOfHoldingItUp() {
    TrafficRun run = new TrafficRun(Profile.Watch, SEED).start().run(Duration.ofSeconds(5));
    run.etcd.closingThrows = true;
    CompletableFuture<Void> ended = run.driver.stop().toCompletableFuture();
    List<String> heard = new ArrayList<>();
    for (int millis = 0; millis < 20_000 && !ended.isDone(); millis++) {
      try {
        run.run(Duration.ofMillis(1));
      } catch (IllegalStateException failure) {
        // A session that ends later fails on the loop, where a run hears of it.
        heard.add(failure.getMessage());
      }
    }
    assertThat(ended).as("seed %d", SEED).isDone();
    if (ended.isCompletedExceptionally()) {
      heard.add(ended.exceptionNow().getMessage());
    }
    assertThat(heard).as("seed %d", SEED).isNotEmpty().allMatch("cannot be closed"::equals);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void whileItIsHeldNothingIsSentAndWhatClientsAreAboutStaysAsItIs(Profile profile) {
    TrafficRun run = new TrafficRun(profile, SEED).start().run(Duration.ofSeconds(5));
    CompletableFuture<Void> held = run.driver.hold().toCompletableFuture();
    run.run(Duration.ofSeconds(3));
    assertThat(held).as("%s, seed %d", profile, SEED).isCompleted();
    assertThat(run.etcd.operations).hasSameSizeAs(run.etcd.sent);
    int sent = run.etcd.sent.size();
    int watched = run.etcd.watched.size();
    run.run(Duration.ofSeconds(30));
    assertThat(run.etcd.sent).as("%s, seed %d", profile, SEED).hasSize(sent);
    assertThat(run.etcd.watched).hasSize(watched);
    assertThat(run.etcd.open).as("witnesses go on watching").isNotEmpty();

    run.driver.goOn();
    run.run(Duration.ofSeconds(5));
    assertThat(run.etcd.sent.size()).isGreaterThan(sent + 100);
    assertThat(run.stopWithin(Duration.ofSeconds(4))).isCompleted();
    assertThat(run.etcd.open).isEmpty();
  }

  @Test
  void aClientThatWasHeldGoesOnWithWhatItWasAbout() {
    TrafficRun run = new TrafficRun(Profile.Lock, SEED).start();
    for (int i = 0; i < 20; i++) {
      run.run(Duration.ofMillis(300));
      CompletableFuture<Void> held = run.driver.hold().toCompletableFuture();
      run.run(Duration.ofSeconds(3));
      assertThat(held).isCompleted();
      run.driver.goOn();
    }
    long locked = run.etcd.sent.stream().filter(s -> s.request() instanceof Request.Lock).count();
    long ended =
        run.etcd.sent.stream()
            .filter(s ->
                s.request() instanceof Request.Unlock || s.request() instanceof Request.LeaseRevoke)
            .count();
    assertThat(locked).as("seed %d", SEED).isGreaterThan(20);
    assertThat(ended).as("sections come to their ends, seed %d", SEED).isGreaterThan(locked / 2);
  }

  @Test
  void aHeldTrafficThatIsStoppedLeavesNothingUnderWay() {
    TrafficRun run = new TrafficRun(Profile.Kubernetes, SEED).start().run(Duration.ofSeconds(5));
    var _ = run.driver.hold();
    run.run(Duration.ofSeconds(3));
    int sent = run.etcd.sent.size();
    CompletableFuture<Void> ended = run.stopWithin(Duration.ofSeconds(8));
    assertThat(ended).as("seed %d", SEED).isCompleted();
    assertThat(run.etcd.open).isEmpty();
    assertThat(run.etcd.sent.stream().skip(sent))
        .as("but for what witnesses may have to see")
        .allMatch(s -> run.clients(PlannedStream.Kind.WITNESS).contains(s.client()));
  }

  @Test
  void holdingFailsWhereARequestDoesNotEndByItsTimeout() {
    TrafficRun run = new TrafficRun(Profile.Mixed, SEED).start().run(Duration.ofSeconds(1));
    run.etcd.dead = true;
    run.run(Duration.ofSeconds(1));
    CompletableFuture<Void> held = run.driver.hold().toCompletableFuture();
    run.run(Duration.ofSeconds(10));
    assertThat(held).as("seed %d", SEED).isCompletedExceptionally();
  }

  @Test
  void openWatchesCatchUpAndStayOpen() {
    TrafficRun run = new TrafficRun(Profile.Watch, SEED).start().run(Duration.ofSeconds(5));
    var _ = run.driver.hold();
    run.run(Duration.ofSeconds(3));
    int open = run.etcd.open.size();
    CompletableFuture<Void> caughtUp =
        run.driver.catchUp(run.etcd.store.revision()).toCompletableFuture();
    run.run(Duration.ofSeconds(1));
    assertThat(caughtUp).as("seed %d", SEED).isCompleted();
    assertThat(run.etcd.open.size()).isBetween(1, open);
  }

  @Test
  void aWatchThatDoesNotCatchUpIsClosed() {
    TrafficRun run = new TrafficRun(Profile.Watch, SEED).start().run(Duration.ofSeconds(5));
    var _ = run.driver.hold();
    run.run(Duration.ofSeconds(3));
    run.etcd.silent = true;
    CompletableFuture<Void> caughtUp =
        run.driver.catchUp(run.etcd.store.revision() + 1).toCompletableFuture();
    run.run(Duration.ofSeconds(4));
    assertThat(caughtUp).as("seed %d", SEED).isNotDone();
    run.run(Duration.ofSeconds(2));
    assertThat(caughtUp).isCompleted();
    assertThat(run.etcd.open).isEmpty();
    run.etcd.silent = false;
    run.driver.goOn();
    run.run(Duration.ofSeconds(2));
    assertThat(run.etcd.open).as("opened once more").isNotEmpty();
  }

  @Test
  void clientsCanBeSlowedDownAndComeBackToTheirRate() {
    TrafficRun run = new TrafficRun(Profile.Mixed, SEED).start().run(Duration.ofSeconds(4));
    Set<Integer> clients = run.clients(PlannedStream.Kind.REQUESTS);
    long planned = sentBy(run, clients);
    run.driver.lengthenPauses(4);
    run.run(Duration.ofSeconds(4));
    long slow = sentBy(run, clients) - planned;
    run.driver.lengthenPauses(1);
    run.run(Duration.ofSeconds(4));
    long again = sentBy(run, clients) - planned - slow;
    assertThat(slow).as("seed %d", SEED).isBetween(planned / 6, planned / 3);
    assertThat(again).as("seed %d", SEED).isBetween(planned * 8 / 10, planned * 12 / 10);
  }

  private static long sentBy(TrafficRun run, Set<Integer> clients) {
    return run.etcd.sent.stream().filter(sent -> clients.contains(sent.client())).count();
  }
}
