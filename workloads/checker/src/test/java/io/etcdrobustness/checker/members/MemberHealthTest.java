package io.etcdrobustness.checker.members;

import static io.etcdrobustness.checker.Histories.TERM;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.MemberEvent.Kind;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberHealthTest {

  private static final String OF_THE_DISK =
      "{\"level\":\"fatal\",\"error\":\"input/output error\"}";

  private static final Property PANIC = new NoPanic(List.of("no space left"));
  private static final Property CORRUPT = new NoCorruptionAlarm();
  private static final Property IDS = new ClusterIdStable();
  private static final Property AVAILABLE = new AvailableAfterHeal(10_000_000_000L);

  @Test
  void aPanicAndAnUnexpectedExitAreViolations() {
    Finding finding =
        judge(
            PANIC,
            Histories.empty()
                .event(5, "m1", Kind.BAD_LOG_LINE, "panic: Page expected to be: 2")
                .event(6, "m1", Kind.EXITED, "exit code 2"));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations()).hasSize(2);
    assertThat(finding.violations().getLast().summary())
        .isEqualTo("m1 ended at 0.006 s, which the run did not bring about: exit code 2");
  }

  @Test
  void whatTheRunDidItselfOrTheTestAllowsIsNoPanic() {
    Finding finding =
        judge(
            PANIC,
            Histories.empty()
                .event(5, "m1", Kind.EXITED, "signal 9", true)
                .event(6, "m1", Kind.STARTED, "v3.7.1")
                .event(7, "m1", Kind.BAD_LOG_LINE, "fatal: No space left on device")
                .event(8, "m1", Kind.BAD_LOG_LINE, "found data inconsistency"));

    assertThat(finding.status()).isEqualTo(Status.HOLDS);
  }

  @Test
  void aMemberMayEndWithItsDiskAndSayWhy() {
    for (String fault : List.of("FailingDisk", "DiskFull")) {
      assertThat(ended(fault, 15, "exit code 1", OF_THE_DISK)).isEqualTo(Status.HOLDS);
    }
  }

  /**
   * Found by a hunt: the fault ended, and killed it, 3 ms after etcd had written its last words.
   */
  @Test
  void aMemberThatIsKilledWhileItEndsWithItsDiskMaySayWhy() {
    String killed = "ended by signal 9";
    assertThat(ended("FailingDisk", 20, killed, OF_THE_DISK, "panic: failed to save snapshot"))
        .isEqualTo(Status.HOLDS);
    assertThat(ended("FailingDisk", 25, killed, OF_THE_DISK))
        .as("killed at another time")
        .isEqualTo(Status.VIOLATED);
  }

  /** Of a member that ended, as was expected, after a fault from 10 to 20 had begun. */
  private Status ended(String fault, long time, String how, String... lines) {
    Histories histories =
        Histories.empty().fault(fault, "m1", 10, 20).event(time, "m1", Kind.EXITED, how, true);
    for (String line : lines) {
      histories.event(99, "m1", Kind.BAD_LOG_LINE, line);
    }
    return judge(PANIC, histories).status();
  }

  @Test
  void aFaultOfADiskExcusesNobodyElseNoOtherTimeAndNoOtherFault() {
    String words = "panic: runtime error";
    List<Histories> guilty =
        List.of(
            // Another member.
            Histories.empty()
                .fault("FailingDisk", "m1", 10, 20)
                .event(15, "m1", Kind.EXITED, "exit code 1", true)
                .event(99, "m2", Kind.BAD_LOG_LINE, words),
            // An end of which nobody said that it was to be.
            Histories.empty()
                .fault("FailingDisk", "m1", 10, 20)
                .event(25, "m1", Kind.EXITED, "exit code 2"),
            // One that only was killed when the fault ended.
            Histories.empty()
                .fault("FailingDisk", "m1", 10, 20)
                .event(20, "m1", Kind.EXITED, "ended by signal 9", true)
                .event(99, "m1", Kind.BAD_LOG_LINE, words),
            // A fault after which etcd goes on.
            Histories.empty()
                .fault("PowerLoss", "m1", 10, 20)
                .event(15, "m1", Kind.EXITED, "exit code 1", true)
                .event(99, "m1", Kind.BAD_LOG_LINE, words));

    for (int i = 0; i < guilty.size(); i++) {
      assertThat(judge(PANIC, guilty.get(i)).status()).as("case %d", i).isEqualTo(Status.VIOLATED);
    }
  }

  @Test
  void aCorruptionAlarmIsToldOnceForEachWayAndMember() {
    Histories histories =
        Histories.empty()
            .status(1, "m1", 1, 1, "3.5.2", 1, List.of("memberID:1 alarm:CORRUPT"))
            .status(5, "m1", 1, 1, "3.5.2", 1, List.of("memberID:1 alarm:CORRUPT"))
            .ok(
                9,
                10,
                new Request.AlarmList(),
                new Response.Alarms(Histories.header(1, TERM), List.of("CORRUPT@1")))
            .failed(20, 21, Request.Put.of("k", "v"), Failure.Kind.CORRUPT)
            .event(30, "m2", Kind.BAD_LOG_LINE, "data corruption detected");

    Finding finding = judge(CORRUPT, histories);

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations()).hasSize(4);
    assertThat(finding.violations().getFirst().members()).containsExactly("m1");
  }

  @Test
  void anAlarmForSpaceIsNoCorruption() {
    Finding finding =
        judge(
            CORRUPT,
            Histories.empty()
                .ok(
                    9,
                    10,
                    new Request.AlarmList(),
                    new Response.Alarms(Histories.header(1, TERM), List.of("NOSPACE@1"))));

    assertThat(finding.status()).isEqualTo(Status.HOLDS);
  }

  @Test
  void anotherClusterIdOrMemberIdIsAViolation() {
    Finding finding =
        judge(
            IDS,
            pinned(Histories.empty(), 1, "m1", 0xc1, 0xa1)
                .add(new Watch.Created(3, new Header(0xc2, 0, 1, 1), Histories.ns(4))));
    assertThat(finding.violations()).hasSize(1);
    assertThat(finding.violations().getFirst().summary())
        .isEqualTo("the id of the cluster was c1, but the answer to watch 3 at 0.004 s tells c2");

    Histories twoMembers =
        pinned(pinned(Histories.empty(), 1, "m1", 0xc1, 0xa1), 5, "m1", 0xc1, 0xa2);
    assertThat(judge(IDS, twoMembers).violations().getFirst().members()).containsExactly("m1");
  }

  @Test
  void constantIdsHoldAndUnrecordedOnesAreNotJudged() {
    Histories stable = pinned(pinned(Histories.empty(), 1, "m1", 0xc1, 0xa1), 5, "m2", 0xc1, 0xa2);
    assertThat(judge(IDS, pinned(stable, 9, "m1", 0, 0)).status()).isEqualTo(Status.HOLDS);
    assertThat(judge(IDS, pinned(Histories.empty(), 9, "m1", 0, 0)).status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void aMemberThatWasReplacedHasOneMoreIdFromThenOn() {
    Histories replaced =
        pinned(pinned(Histories.empty(), 1, "m1", 0xc1, 0xa1), 9, "m1", 0xc1, 0xa2)
            .event(5, "m1", Kind.REPLACED, "its volume was taken away", true);
    assertThat(judge(IDS, replaced).status()).isEqualTo(Status.HOLDS);

    // Not two more, nor another cluster's.
    assertThat(judge(IDS, pinned(replaced, 12, "m1", 0xc1, 0xa3)).violations())
        .singleElement()
        .extracting(Violation::summary)
        .asString()
        .contains("the id of member m1 was a1")
        .endsWith("tells a3");
  }

  @Test
  void aReplacementExcusesNothingBeforeItNorOfOthers() {
    Histories tooEarly =
        pinned(pinned(Histories.empty(), 1, "m1", 0xc1, 0xa1), 3, "m1", 0xc1, 0xa2)
            .event(5, "m1", Kind.REPLACED, "its volume was taken away", true);
    assertThat(judge(IDS, tooEarly).status()).isEqualTo(Status.VIOLATED);

    Histories another =
        pinned(pinned(Histories.empty(), 1, "m2", 0xc1, 0xa1), 9, "m2", 0xc1, 0xa2)
            .event(5, "m1", Kind.REPLACED, "its volume was taken away", true);
    assertThat(judge(IDS, another).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void membersThatAnswerInTimeAreAvailable() {
    Histories histories = healed();
    asked(histories, 1000, 1010, "m1", true);
    asked(histories, 1000, 1900, "m2", false);
    asked(histories, 2000, 10900, "m2", true);

    assertThat(judge(AVAILABLE, histories).status()).isEqualTo(Status.HOLDS);
  }

  @Test
  void aMemberThatDoesNotAnswerInTimeIsAViolation() {
    Histories histories = healed().phase(20_000, Phase.Name.FINAL_READS);
    asked(histories, 1000, 1010, "m1", true);
    asked(histories, 1000, 3000, "m2", false);
    asked(histories, 11_000, 11_500, "m2", true);

    Finding finding = judge(AVAILABLE, histories);

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().summary())
        .isEqualTo(
            "m2 answered no linearizable request within 10.000 s after all faults had healed at"
                + " 1.000 s; 2 were sent, and its first answer came at 11.500 s");
  }

  @Test
  void theTimeCountsFromTheEndOfTheLastFault() {
    Histories histories =
        healed().fault(500, 9000, FaultWindow.Result.CONFIRMED).phase(30_000, Phase.Name.END);
    asked(histories, 1000, 3000, "m1", false);
    asked(histories, 12_000, 18_000, "m1", true);

    assertThat(judge(AVAILABLE, histories).status()).isEqualTo(Status.HOLDS);
  }

  @Test
  void withoutARequestInTimeOrAHistoryLongEnoughItIsUndecided() {
    Histories never = healed().phase(20_000, Phase.Name.END);
    asked(never, 1000, 1010, "m1", true);
    asked(never, 10, 20, "m2", true);
    assertThat(judge(AVAILABLE, never).status()).isEqualTo(Status.UNDECIDED);
    assertThat(judge(AVAILABLE, never).note()).contains("m2 was sent no linearizable request");

    Histories shortened = healed().phase(5000, Phase.Name.END);
    asked(shortened, 1000, 3000, "m1", false);
    assertThat(judge(AVAILABLE, shortened).note()).contains("when the history ended");
    assertThat(judge(AVAILABLE, shortened).status()).isEqualTo(Status.UNDECIDED);

    assertThat(judge(AVAILABLE, Histories.empty()).status()).isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void aMemberThatTheRunTookDownItselfIsUndecidedUntilItIsStartedAgain() {
    Histories down =
        healed()
            .phase(20_000, Phase.Name.END)
            .event(500, "m1", Kind.EXITED, "ended by signal 15", true);
    asked(down, 1000, 3000, "m1", false);
    assertThat(judge(AVAILABLE, down).status()).isEqualTo(Status.UNDECIDED);
    assertThat(judge(AVAILABLE, down).note()).contains("m1 was taken down by the run");

    down.event(700, "m1", Kind.STARTED, "pid 7");
    assertThat(judge(AVAILABLE, down).status()).isEqualTo(Status.VIOLATED);

    Histories crashed = healed().phase(20_000, Phase.Name.END);
    crashed.event(500, "m1", Kind.EXITED, "exit code 2", false);
    asked(crashed, 1000, 3000, "m1", false);
    assertThat(judge(AVAILABLE, crashed).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void aStatusOrASerializableReadIsNoSignOfAvailability() {
    Histories histories = healed().phase(20_000, Phase.Name.END).status(2000, "m1", 1, 1);
    asked(histories, 1000, 3000, "m1", false);
    histories.op(
        2000,
        2010,
        "m1",
        Request.Range.of("k", "").asSerializable(),
        new Outcome.Ok(Histories.ranged()));

    assertThat(judge(AVAILABLE, histories).status()).isEqualTo(Status.VIOLATED);
  }

  private static Histories healed() {
    return Histories.empty().phase(1000, Phase.Name.HEALED);
  }

  private static void asked(
      Histories histories, long call, long end, String member, boolean answered) {
    histories.op(
        call,
        end,
        member,
        Request.Range.of("k", ""),
        answered
            ? new Outcome.Ok(Histories.ranged())
            : new Outcome.Unknown(Histories.failure(Failure.Kind.DEADLINE)));
  }

  private static Histories pinned(
      Histories histories, long call, String member, long cluster, long id) {
    return histories.op(
        call,
        call + 1,
        member,
        new Request.Compact(1, false),
        new Outcome.Ok(new Response.Compacted(new Header(cluster, id, 1, 1))));
  }

  private static Finding judge(Property property, Histories histories) {
    return property.judge(histories.evidence(), Budget.UNLIMITED);
  }
}
