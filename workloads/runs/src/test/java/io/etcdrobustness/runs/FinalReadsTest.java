package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.runs.FakeMembers.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FinalReadsTest {

  private static final Duration MOST = Duration.ofSeconds(30);
  private static final Store SAME = new Store(40, 70, 4711);

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final FakeMembers members = new FakeMembers(scheduler, SAME);

  private CompletableFuture<Optional<Long>> read() {
    return FinalReads.read(FakeCluster.MEMBERS, members, scheduler, MOST).toCompletableFuture();
  }

  private List<String> sentTo(String member) {
    return members.sent().stream()
        .filter(operation -> operation.member().equals(member))
        .map(operation -> operation.request().getClass().getSimpleName())
        .toList();
  }

  @Test
  void membersThatAgreeAreReadOnce() {
    CompletableFuture<Optional<Long>> done = read();
    scheduler.advance(Duration.ofMillis(100));

    assertThat(done).isCompleted();
    for (String member : FakeCluster.MEMBERS) {
      assertThat(sentTo(member))
          .containsExactly("Range", "Range", "AlarmList", "Status", "HashKv", "Status");
    }
    assertThat(members.sent())
        .filteredOn(operation -> operation.request() instanceof Request.Range)
        .extracting(operation -> ((Request.Range) operation.request()).serializable())
        .containsExactly(false, false, false, true, true, true);
  }

  @Test
  void eachStepIsDoneByAllMembersBeforeTheNextBegins() {
    var _ = read();
    scheduler.advance(Duration.ofMillis(100));

    List<Operation> sent = members.sent();
    for (int i = 3; i < sent.size(); i++) {
      assertThat(sent.get(i).call()).isGreaterThanOrEqualTo(sent.get(i / 3 * 3 - 1).end());
    }
  }

  @Test
  void theHashIsAskedAtTheLowestRevision() {
    members.holds("m1", new Store(38, 68, 4711));
    var _ = read();
    scheduler.advance(Duration.ofMillis(100));

    assertThat(members.sent())
        .extracting(Operation::request)
        .filteredOn(request -> request instanceof Request.HashKv)
        .containsOnly(new Request.HashKv(38));
  }

  @Test
  void aMemberThatCatchesUpLateIsWaitedFor() {
    members.holds("m2", new Store(39, 69, 4711));
    CompletableFuture<Optional<Long>> done = read();
    scheduler.advance(Duration.ofSeconds(3));
    assertThat(done).isNotDone();

    members.holds("m2", SAME);
    scheduler.advance(Duration.ofSeconds(1));
    assertThat(done).isCompleted();
    assertThat(members.count(Request.HashKv.class)).isGreaterThan(3);
  }

  @Test
  void membersThatDivergeAreReadUntilTheDeadlineAndNotLonger() {
    members.holds("m2", new Store(40, 70, 4712));
    CompletableFuture<Optional<Long>> done = read();
    scheduler.advance(MOST.minusSeconds(1));
    assertThat(done).isNotDone();

    scheduler.advance(Duration.ofSeconds(3));
    assertThat(done).isCompleted();
    long sent = members.sent().size();
    scheduler.advance(MOST);
    assertThat(members.sent()).hasSize((int) sent);
  }

  @Test
  void aMemberThatIsSilentEndsTheReadsByTheDeadlineAndTheOthersAreStillRead() {
    members.silence("m0");
    CompletableFuture<Optional<Long>> done = read();
    scheduler.advance(MOST.plusSeconds(30));

    assertThat(done).isCompleted();
    assertThat(sentTo("m1")).contains("Range", "Status", "HashKv");
  }
}
