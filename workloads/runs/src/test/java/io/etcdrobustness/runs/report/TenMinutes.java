package io.etcdrobustness.runs.report;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.spec.TestSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A report to look at. */
public final class TenMinutes {

  private static final long SECOND = 1_000_000_000L;

  private TenMinutes() {}

  /** Ten minutes of twelve clients at 500/s, three members, faults, and one violation. */
  public static Report report() {
    RandomSource random = new RandomSource(11);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      entries.add(event("m" + i, MemberEvent.Kind.STARTED, 0, 0));
    }
    entries.add(event("m1", MemberEvent.Kind.LEADER, 2, SECOND));
    for (int i = 0; i < 100; i++) {
      long start = (4 + 6L * i) * SECOND;
      String member = "m" + i % 3;
      entries.add(event(member, MemberEvent.Kind.PAUSED, 0, start));
      entries.add(event(member, MemberEvent.Kind.RESUMED, 0, start + 2 * SECOND));
      entries.add(event("m" + (i + 1) % 3, MemberEvent.Kind.LEADER, 3 + i, start + SECOND));
      entries.add(
          new FaultWindow(
              "f%02d-pause".formatted(i),
              i % 2 == 0 ? "Pause" : "Partition",
              "Leader",
              List.of(member),
              "",
              start,
              start + 2 * SECOND,
              i % 7 == 0 ? FaultWindow.Result.NOT_OBSERVED : FaultWindow.Result.CONFIRMED,
              "pid 4711 was in state T for 2.0 s"));
    }
    for (int i = 0; i < 300_000; i++) {
      long call = i * 2_000_000L;
      int client = i % 12;
      String key = "k" + random.nextInt(12);
      Outcome outcome =
          random.chance(0.01)
              ? new Outcome.Unknown(
                  new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "no </script> answer"))
              : new Outcome.Ok(new Response.PutDone(Header.ofRevision(i + 2), Optional.empty()));
      entries.add(
          new Operation(
              i,
              client,
              client < 9 ? "m" + client % 3 : "",
              Request.Put.of(key, "c" + client + "-" + i),
              call,
              call + 500_000 + random.nextLong(20_000_000),
              outcome));
    }
    History history = History.of(History.Facts.OWN_CLUSTER, entries);
    Violation violation =
        new Violation(
            "Linearizable",
            "get(k7) by client 4 at 200.004 s returned <b>revision</b> 310 after 318",
            200 * SECOND,
            List.of(100_000L, 100_002L),
            List.of(),
            List.of("m1"),
            310,
            List.of("etcd-13766"));
    Finding broken =
        new Finding(
            "Linearizable",
            Property.Kind.ALWAYS,
            Finding.Status.VIOLATED,
            300_000,
            List.of(violation),
            1,
            "");
    Finding thin =
        new Finding(
            "LeaderChanged",
            Property.Kind.SOMETIMES,
            Finding.Status.NOT_EXERCISED,
            0,
            List.of(),
            0,
            "one leader was seen");
    return new Report(
        "soak",
        TestSpec.defaults(),
        42,
        "processes",
        Instant.EPOCH,
        Map.of("m0", "v3.7.3", "m1", "v3.7.3", "m2", "v3.7.3"),
        List.of(),
        Map.of(),
        history,
        Assessment.of(List.of(broken, thin), Set.of()),
        Duration.ofMillis(1234),
        "robustness run soak.yaml --seed 42");
  }

  static MemberEvent event(String member, MemberEvent.Kind kind, long term, long time) {
    return new MemberEvent(member, kind, 1, term, "", true, time);
  }
}
