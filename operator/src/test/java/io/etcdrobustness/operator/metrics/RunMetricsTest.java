package io.etcdrobustness.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.FaultWindow.Result;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is recorded of a run is what its metrics show. */
class RunMetricsTest {

  private static final long MS = 1_000_000;
  private static final long S = 1_000 * MS;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RunMetrics metrics =
      new RunMetrics(
          registry, "team-a", "soak", InstantSource.fixed(Instant.ofEpochSecond(1_795_000_000)));
  private long ids;

  private Operation operation(Request request, long call, long end, Outcome outcome) {
    return new Operation(ids++, 1, "m0", request, call, end, outcome);
  }

  private void put(long call, long end) {
    metrics.record(
        operation(
            Request.Put.of("k", "v"),
            call,
            end,
            new Outcome.Ok(new Response.PutDone(Header.ofRevision(2), Optional.empty()))));
  }

  private void inVain(long call, long end) {
    metrics.record(
        operation(
            Request.Put.of("k", "v"),
            call,
            end,
            new Outcome.Unknown(new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", ""))));
  }

  private static FaultWindow window(String id, String kind, long start, long end, Result result) {
    return new FaultWindow(id, kind, "Leader", List.of("m1"), "", start, end, result, "proof");
  }

  @Test
  void windowsAreCountedByTheirVerdictAndTheLagIsTold() {
    metrics.windows(Duration.ofMillis(1_500), Duration.ofSeconds(60));
    assertThat(value("etcdrobust_windows_checked_total", "verdict", "Passed")).isZero();
    assertThat(value("etcdrobust_check_lag_seconds")).isEqualTo(1.5);
    assertThat(value("etcdrobust_window_length_seconds")).isEqualTo(60);

    metrics.windowJudged("Passed", Duration.ofMillis(700), Duration.ofMillis(300));
    metrics.windowJudged("Failed", Duration.ofMillis(900), Duration.ofMillis(200));
    metrics.windows(Duration.ofSeconds(61), Duration.ofSeconds(60));

    assertThat(value("etcdrobust_windows_checked_total", "verdict", "Passed")).isEqualTo(1);
    assertThat(value("etcdrobust_windows_checked_total", "verdict", "Failed")).isEqualTo(1);
    assertThat(value("etcdrobust_windows_checked_total", "verdict", "Inconclusive")).isZero();
    assertThat(value("etcdrobust_window_check_seconds")).isEqualTo(0.9);
    assertThat(value("etcdrobust_window_held_seconds")).isEqualTo(0.2);
    assertThat(value("etcdrobust_check_lag_seconds")).isEqualTo(61);
  }

  private double value(String metric, String... labels) {
    List<String> all = new ArrayList<>(List.of("namespace", "team-a", "test", "soak"));
    all.addAll(List.of(labels));
    return Exposition.of(registry).value(metric, all.toArray(String[]::new));
  }

  private double fault(String metric, String kind) {
    return value(metric, "fault", kind, "target_role", "Leader", "member", "m1");
  }

  @Test
  void operationsAreCountedByKindAndOutcomeAndTheAnsweredOnesMeasured() {
    put(0, 3 * MS);
    put(5 * MS, 25 * MS);
    inVain(0, 2 * S);
    metrics.record(
        operation(
            Request.Range.of("k", "").asSerializable(),
            0,
            MS,
            new Outcome.Failed(new Failure(Failure.Kind.COMPACTED, "OUT_OF_RANGE", ""))));

    assertThat(value("etcdrobust_operations_total", "op", "put", "outcome", "ok")).isEqualTo(2);
    assertThat(value("etcdrobust_operations_total", "op", "put", "outcome", "unknown"))
        .isEqualTo(1);
    assertThat(value("etcdrobust_operations_total", "op", "serializable_range", "outcome", "fail"))
        .isEqualTo(1);
    assertThat(value("etcdrobust_operation_duration_seconds_count", "op", "put")).isEqualTo(2);
    assertThat(value("etcdrobust_operation_duration_seconds_sum", "op", "put"))
        .isCloseTo(0.023, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(
            Exposition.of(registry).samples().entrySet().stream()
                .filter(sample -> sample.getKey().contains("le=\"0.005\""))
                .findFirst()
                .orElseThrow()
                .getValue())
        .isEqualTo(1);
  }

  @Test
  void everyEntryGoesOnToTheRecord() {
    List<Entry> record = new ArrayList<>();
    Phase phase = new Phase(Phase.Name.TRAFFIC, S);

    metrics.before(record::add).record(phase);

    assertThat(record).containsExactly(phase);
  }

  @Test
  void aFaultIsActiveFromItsBeginningToItsEnd() {
    metrics.record(new Phase(Phase.Name.TRAFFIC, 10 * S));
    metrics.inEffect(
        List.of(new RunMetrics.FaultNow("f1", "Pause", "Leader", List.of("m1"), 12 * S, 17 * S)));

    assertThat(fault("etcdrobust_fault_active", "Pause")).isEqualTo(1);
    assertThat(fault("etcdrobust_fault_window_start_timestamp_seconds", "Pause"))
        .isEqualTo(1_795_000_002);
    assertThat(fault("etcdrobust_fault_window_end_timestamp_seconds", "Pause"))
        .as("when it will have ended")
        .isEqualTo(1_795_000_007);

    metrics.record(window("f1", "Pause", 12 * S, 16 * S, Result.CONFIRMED));

    assertThat(fault("etcdrobust_fault_active", "Pause")).isZero();
    assertThat(fault("etcdrobust_fault_window_end_timestamp_seconds", "Pause"))
        .isEqualTo(1_795_000_006);
    assertThat(value("etcdrobust_faults_total", "fault", "Pause", "result", "confirmed"))
        .isEqualTo(1);
  }

  @Test
  void whatIsCountedOfAFaultIsShownAsZeroWhenItBegins() {
    metrics.inEffect(
        List.of(new RunMetrics.FaultNow("f1", "Pause", "Leader", List.of("m1"), S, 2 * S)));

    assertThat(value("etcdrobust_faults_total", "fault", "Pause", "result", "confirmed")).isZero();
    assertThat(value("etcdrobust_faults_total", "fault", "Pause", "result", "not_observed"))
        .isZero();
    assertThat(value("etcdrobust_unavailable_seconds_total", "fault", "Pause")).isZero();
    assertThat(value("etcdrobust_recovery_seconds_count", "fault", "Pause")).isZero();
  }

  @Test
  void aFaultTooShortToBeSeenActiveIsToldByItsTimes() {
    metrics.record(new Phase(Phase.Name.TRAFFIC, 0));
    metrics.record(window("f1", "Kill", S, S + 200 * MS, Result.CONFIRMED));

    assertThat(fault("etcdrobust_fault_active", "Kill")).isZero();
    assertThat(fault("etcdrobust_fault_window_start_timestamp_seconds", "Kill"))
        .isEqualTo(1_795_000_001);
    assertThat(fault("etcdrobust_fault_window_end_timestamp_seconds", "Kill"))
        .isEqualTo(1_795_000_001.2);
  }

  @Test
  void aSkippedFaultWasNeverActive() {
    metrics.record(window("f1", "Delay", S, S, Result.SKIPPED));
    metrics.record(window("f2", "Delay", S, 2 * S, Result.NOT_OBSERVED));

    assertThat(value("etcdrobust_faults_total", "fault", "Delay", "result", "skipped"))
        .isEqualTo(1);
    assertThat(value("etcdrobust_faults_total", "fault", "Delay", "result", "not_observed"))
        .isEqualTo(1);
    put(3 * S, 4 * S);
    assertThat(Exposition.of(registry).isThere("etcdrobust_recovery_seconds_count"))
        .as("only what took effect is recovered from")
        .isFalse();
  }

  @Test
  void recoveryLastsUntilAWriteThatWasSentAfterTheFaultIsAcknowledged() {
    metrics.record(window("f1", "Partition", S, 5 * S, Result.CONFIRMED));
    put(4 * S, 5 * S + 100 * MS);
    metrics.record(
        operation(
            Request.Range.of("k", ""),
            5 * S,
            5 * S + 200 * MS,
            new Outcome.Ok(new Response.Ranged(Header.ofRevision(2), List.of(), 0, false))));
    assertThat(Exposition.of(registry).isThere("etcdrobust_recovery_seconds_count")).isFalse();

    put(6 * S, 6 * S + 500 * MS);
    put(7 * S, 8 * S);

    assertThat(value("etcdrobust_recovery_seconds_count", "fault", "Partition")).isEqualTo(1);
    assertThat(value("etcdrobust_recovery_seconds_sum", "fault", "Partition")).isEqualTo(1.5);
  }

  @Test
  void anOutageIsPutDownToTheFaultThatWasInEffect() {
    put(9 * S, 10 * S);
    inVain(10 * S, 12 * S);
    inVain(11 * S, 13 * S);
    put(13 * S, 14 * S);
    metrics.record(window("f1", "Kill", 10 * S, 10 * S + 500 * MS, Result.CONFIRMED));
    metrics.inEffect(
        List.of(new RunMetrics.FaultNow("f2", "Pause", "Leader", List.of("m1"), 11 * S, 19 * S)));
    put(18 * S, 18 * S);

    assertThat(value("etcdrobust_unavailable_seconds_total", "fault", "Pause"))
        .as("from the first request in vain to the next answer")
        .isEqualTo(4);
  }

  @Test
  void anOutageWithoutAFaultIsPutDownToNoneAtTheLatestAtTheEnd() {
    put(0, S);
    inVain(S, 3 * S);
    put(3 * S, 3 * S + 500 * MS);
    assertThat(value("etcdrobust_unavailable_seconds_total", "fault", "none")).isZero();

    metrics.record(new Phase(Phase.Name.END, 4 * S));

    assertThat(value("etcdrobust_unavailable_seconds_total", "fault", "none")).isEqualTo(2.5);
  }

  @Test
  void whileOthersAreAnsweredThereIsNoOutage() {
    for (long t = 0; t < 5000; t += 10) {
      put(t * MS, (t + 5) * MS);
      inVain(Math.max(0, t - 2000) * MS, (t + 6) * MS);
    }
    metrics.record(new Phase(Phase.Name.END, 60 * S));

    assertThat(value("etcdrobust_unavailable_seconds_total", "fault", "none")).isZero();
  }

  @Test
  void aRefusalThatSpeaksOfTheStoreIsAnAnswer() {
    for (long t = 0; t < 5; t++) {
      metrics.record(
          operation(
              Request.Range.of("k", "").atRevision(1),
              t * S,
              (t + 1) * S,
              new Outcome.Failed(new Failure(Failure.Kind.COMPACTED, "OUT_OF_RANGE", ""))));
    }
    metrics.record(new Phase(Phase.Name.END, 60 * S));

    assertThat(value("etcdrobust_unavailable_seconds_total", "fault", "none")).isZero();
  }

  @Test
  void theFirstLeaderIsNoChange() {
    for (int term = 2; term < 6; term++) {
      metrics.record(new MemberEvent("m1", MemberEvent.Kind.LEADER, 1, term, "", true, term * S));
      metrics.record(new MemberEvent("m1", MemberEvent.Kind.READY, 1, term, "", true, term * S));
    }

    assertThat(value("etcdrobust_leader_changes_total")).isEqualTo(3);
  }

  private void version(String member, String release) {
    metrics.record(new MemberEvent(member, MemberEvent.Kind.VERSION, 0, 0, release, true, S));
  }

  @Test
  void aMemberShowsTheReleaseThatItRunsNow() {
    version("m0", "v3.6.16");
    version("m1", "v3.6.16");
    version("m0", "v3.7.3");

    assertThat(value("etcdrobust_member_version_info", "member", "m0", "version", "v3.7.3"))
        .isEqualTo(1);
    assertThat(value("etcdrobust_member_version_info", "member", "m1", "version", "v3.6.16"))
        .isEqualTo(1);
    assertThat(
            Exposition.of(registry)
                .isThere("etcdrobust_member_version_info", "member", "m0", "version", "v3.6.16"))
        .isFalse();
  }

  @Test
  void aRunShowsItsPhaseAndHowFarItIs() {
    assertThat(value("etcdrobust_run_phase", "phase", "Starting")).isEqualTo(1);

    metrics.record(new Phase(Phase.Name.TRAFFIC, S));
    metrics.progress(0.25);

    assertThat(value("etcdrobust_run_phase", "phase", "Starting")).isZero();
    assertThat(value("etcdrobust_run_phase", "phase", "Running")).isEqualTo(1);
    assertThat(value("etcdrobust_run_progress_ratio")).isEqualTo(0.25);

    metrics.record(new Phase(Phase.Name.FINAL_READS, 2 * S));
    assertThat(value("etcdrobust_run_phase", "phase", "Healing")).isEqualTo(1);
    metrics.record(new Phase(Phase.Name.END, 3 * S));
    assertThat(value("etcdrobust_run_phase", "phase", "Judging")).isEqualTo(1);
  }

  @Test
  void whatTheRunnerHoldsIsMeasuredAfterACollection() {
    System.gc();

    assertThat(value("etcdrobust_checker_memory_bytes")).isGreaterThan(1 << 20);
    assertThat(value("etcdrobust_checker_memory_limit_bytes"))
        .isGreaterThan(value("etcdrobust_checker_memory_bytes"));
  }

  @Test
  void propertiesAreCountedWhenTheyAreJudged() {
    metrics.judged(
        new Finding(
            "WatchOrdered", Property.Kind.ALWAYS, Finding.Status.VIOLATED, 1234, List.of(), 2, ""));

    assertThat(
            value("etcdrobust_property_hits_total", "property", "WatchOrdered", "type", "always"))
        .isEqualTo(1234);
    assertThat(
            value(
                "etcdrobust_property_violations_total",
                "property",
                "WatchOrdered",
                "type",
                "always"))
        .isEqualTo(2);
  }

  @Test
  void aLongRunMakesNoMoreSeriesThanAShortOne() {
    round(0);
    int series = Exposition.of(registry).samples().size();
    for (int i = 1; i < 2000; i++) {
      round(i);
    }

    assertThat(Exposition.of(registry).samples()).hasSize(series);
  }

  private void round(int i) {
    long from = i * 10 * S;
    put(from, from + MS);
    inVain(from + MS, from + 2 * S);
    metrics.inEffect(
        List.of(
            new RunMetrics.FaultNow(
                "f" + i, "Pause", "Leader", List.of("m1"), from, from + 3 * S)));
    metrics.record(window("f" + i, "Pause", from, from + 3 * S, Result.CONFIRMED));
    put(from + 4 * S, from + 5 * S);
    put(from + 9 * S, from + 9 * S + MS);
  }
}
