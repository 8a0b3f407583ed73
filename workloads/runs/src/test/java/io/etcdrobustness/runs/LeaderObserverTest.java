package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LeaderObserverTest {

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final FakeCluster cluster = new FakeCluster();
  private final List<Entry> recorded = new ArrayList<>();
  private final Map<String, Member> members = new LinkedHashMap<>();

  /** A member with an opinion on who leads. */
  private final class Member implements EtcdClient {
    final long id;
    long leader;
    long term;
    boolean silent;
    int asked;

    Member(long id) {
      this.id = id;
    }

    @Override
    public CompletionStage<Outcome> send(Request request, Duration timeout) {
      assertThat(request).isEqualTo(new Request.Status());
      asked++;
      CompletableFuture<Outcome> answer = new CompletableFuture<>();
      scheduler.after(
          silent ? timeout : Duration.ofMillis(1),
          () ->
              answer.complete(
                  silent
                      ? new Outcome.Unknown(
                          new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", ""))
                      : new Outcome.Ok(
                          new Response.MemberStatus(
                              new Header(1, id, 5, term),
                              "3.7.3",
                              0,
                              leader,
                              9,
                              term,
                              9,
                              false,
                              List.of()))));
      return answer;
    }

    @Override
    public WatchStream watchStream(WatchListener listener) {
      throw new AssertionError("nothing to be watched");
    }

    @Override
    public void close() {}
  }

  private LeaderObserver observer() {
    for (int i = 0; i < 3; i++) {
      members.put("m" + i, new Member(10 + i));
    }
    return new LeaderObserver(new LinkedHashMap<>(members), cluster, scheduler, recorded::add);
  }

  private Member member(String name) {
    Member member = members.get(name);
    assertThat(member).isNotNull();
    return java.util.Objects.requireNonNull(member);
  }

  private void everybodySees(long leader, long term) {
    members
        .values()
        .forEach(member -> {
          member.leader = leader;
          member.term = term;
        });
  }

  @Test
  void eachLeaderIsToldOncePerTerm() {
    LeaderObserver observer = observer();
    everybodySees(11, 2);
    observer.start();
    scheduler.advance(Duration.ofSeconds(2));
    everybodySees(12, 3);
    scheduler.advance(Duration.ofSeconds(2));

    assertThat(cluster.leadersSeen).containsExactly("m1 in term 2", "m2 in term 3");
    assertThat(recorded)
        .extracting(entry -> ((MemberEvent) entry).member() + ((MemberEvent) entry).raftTerm())
        .containsExactly("m12", "m23");
    assertThat((MemberEvent) recorded.getFirst())
        .matches(event -> event.kind() == MemberEvent.Kind.LEADER && event.memberId() == 11);
  }

  @Test
  void anOldLeaderThatDoesNotKnowBetterIsNotBelieved() {
    LeaderObserver observer = observer();
    everybodySees(12, 3);
    member("m0").leader = 10;
    member("m0").term = 2;
    observer.start();
    scheduler.advance(Duration.ofMillis(1));
    scheduler.advance(Duration.ofSeconds(3));

    assertThat(cluster.leader()).contains("m2");
    assertThat(cluster.leadersSeen).endsWith("m2 in term 3");
  }

  @Test
  void aMemberThatOnlyNamesAnotherAsLeaderTellsNothing() {
    LeaderObserver observer = observer();
    everybodySees(11, 2);
    member("m1").silent = true;
    observer.start();
    scheduler.advance(Duration.ofSeconds(3));

    assertThat(cluster.leadersSeen).isEmpty();
  }

  @Test
  void aSilentMemberIsAskedOnAndHoldsUpNobody() {
    LeaderObserver observer = observer();
    everybodySees(11, 2);
    member("m0").silent = true;
    observer.start();
    scheduler.advance(Duration.ofSeconds(10));

    assertThat(cluster.leader()).contains("m1");
    assertThat(member("m0").asked).isBetween(9, 11);
    assertThat(member("m1").asked).isGreaterThan(45);
    member("m0").silent = false;
    everybodySees(10, 3);
    scheduler.advance(Duration.ofSeconds(2));
    assertThat(cluster.leader()).contains("m0");
  }

  @Test
  void afterTheStopNobodyIsAsked() {
    LeaderObserver observer = observer();
    everybodySees(0, 1);
    observer.start();
    scheduler.advance(Duration.ofSeconds(1));
    observer.stop();
    everybodySees(11, 2);
    int asked = member("m1").asked;
    scheduler.advance(Duration.ofSeconds(5));

    assertThat(member("m1").asked).isEqualTo(asked);
    assertThat(cluster.leadersSeen).isEmpty();
  }
}
