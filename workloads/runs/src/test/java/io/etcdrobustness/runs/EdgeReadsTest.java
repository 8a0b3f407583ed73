package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.runs.FakeMembers.Store;
import io.etcdrobustness.runs.windows.Edge;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EdgeReadsTest {

  private static final Duration MOST = Duration.ofSeconds(30);
  private static final Store SAME = new Store(40, 70, 4711);

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final FakeMembers members = new FakeMembers(scheduler, SAME);

  private CompletableFuture<Edge> read() {
    return read(members);
  }

  private CompletableFuture<Edge> read(FinalReads.Send send) {
    return EdgeReads.read(FakeCluster.MEMBERS, send, scheduler, MOST).toCompletableFuture();
  }

  @Test
  void membersThatAgreeSettleTheEdgeAtOnce() {
    CompletableFuture<Edge> edge = read();
    scheduler.advance(Duration.ofMillis(100));

    assertThat(edge).isCompleted();
    assertThat(edge.join().settled()).isTrue();
    assertThat(edge.join().opening().orElseThrow().revision()).isEqualTo(40);
    assertThat(members.sent().stream().limit(3))
        .extracting(Operation::request)
        .as("the barrier comes before anything is read")
        .allMatch(request -> request instanceof Request.LeaseRevoke);
    assertThat(members.sent().getLast()).isEqualTo(edge.join().opening().orElseThrow().read());
  }

  @Test
  void aMemberThatDoesNotPassTheBarrierLeavesOpenWhatWasNotAnswered() {
    CompletableFuture<Edge> edge =
        read((member, request) -> {
          if (member.equals("m1") && request instanceof Request.LeaseRevoke) {
            members.silence("m1");
            CompletableFuture<Operation> late =
                members.apply(member, request).toCompletableFuture();
            return late.whenComplete((_, _) -> members.speaks("m1"));
          }
          return members.apply(member, request);
        });
    scheduler.advance(Duration.ofSeconds(10));

    assertThat(edge).isCompleted();
    assertThat(edge.join().settled()).isFalse();
    assertThat(edge.join().opening()).isPresent();
  }

  @Test
  void membersThatDoNotAgreeLeaveTheEdgeOpenAndTheStoreIsReadAllTheSame() {
    members.holds("m2", new Store(39, 69, 4712));
    CompletableFuture<Edge> edge = read();
    scheduler.advance(MOST.plusSeconds(5));

    assertThat(edge).isCompleted();
    assertThat(edge.join().settled()).isFalse();
    assertThat(edge.join().opening().orElseThrow().revision()).isEqualTo(40);
  }

  @Test
  void aLeaseThatExpiresMeanwhileIsWaitedFor() {
    int[] openings = {0};
    CompletableFuture<Edge> edge =
        read((member, request) -> {
          boolean afterAgreement = members.count(Request.HashKv.class) > 0;
          if (afterAgreement
              && request.equals(Request.Range.of("\0", "\0"))
              && openings[0]++ == 0) {
            FakeCluster.MEMBERS.forEach(each -> members.holds(each, new Store(41, 71, 4713)));
          }
          return members.apply(member, request);
        });
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(edge).isCompleted();
    assertThat(edge.join().settled()).isTrue();
    assertThat(edge.join().opening().orElseThrow().revision()).isEqualTo(41);
  }

  @Test
  void theNextMemberIsReadWhereOneDoesNotAnswer() {
    members.silence("m0");
    CompletableFuture<Edge> edge = read();
    scheduler.advance(Duration.ofMinutes(2));

    assertThat(edge).isCompleted();
    assertThat(edge.join().settled()).isFalse();
    assertThat(edge.join().opening().orElseThrow().read().member()).isEqualTo("m1");
  }

  @Test
  void nothingIsKnownWhereNobodyAnswers() {
    FakeCluster.MEMBERS.forEach(members::silence);
    CompletableFuture<Edge> edge = read();
    scheduler.advance(Duration.ofMinutes(3));

    assertThat(edge).isCompletedWithValue(Edge.UNKNOWN);
  }
}
