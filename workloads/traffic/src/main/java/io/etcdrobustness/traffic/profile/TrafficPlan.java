package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.spec.WorkloadSpec;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import io.etcdrobustness.traffic.profile.PlannedStream.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Every stream of a run's traffic. A function of the workload, the members and the seed alone.
 *
 * @param streams by their clients' numbers, which count from 0
 */
public record TrafficPlan(List<PlannedStream> streams) {

  private static final String EVERYBODY = "";
  private static final int KUBERNETES_COMPACTORS = 2;

  public TrafficPlan {
    streams = List.copyOf(streams);
  }

  /**
   * Plans the traffic.
   *
   * @param members names of the members, sorted; not empty
   */
  public static TrafficPlan of(WorkloadSpec workload, List<String> members, RandomSource random) {
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a plan of traffic needs at least one member");
    }
    // Which members get one client more where they do not come out even.
    Builder plan = new Builder(random.fork("traffic-members").shuffled(members));
    plan.requests(workload);
    plan.compaction(workload.profile());
    plan.add(Kind.DEFRAGMENTATION, EVERYBODY, Duration.ofSeconds(5), Duration.ofSeconds(20));
    members.forEach(member -> plan.watches(workload.profile(), member));
    plan.watchesOfAll(workload.profile());
    plan.archive(workload);
    return new TrafficPlan(plan.streams);
  }

  /**
   * The same with other numbers: clients of a run that is gone on with are others than those
   * before, and put other values.
   *
   * @param first the number of the first client
   */
  public TrafficPlan numberedFrom(int first) {
    return new TrafficPlan(
        streams.stream()
            .map(stream ->
                new PlannedStream(
                    first + stream.client(),
                    stream.kind(),
                    stream.member(),
                    stream.label(),
                    stream.shortestPause(),
                    stream.longestPause()))
            .toList());
  }

  private static final class Builder {

    private final List<String> members;
    private final List<PlannedStream> streams = new ArrayList<>();

    Builder(List<String> members) {
      this.members = members;
    }

    void add(Kind kind, String member, Duration shortest, Duration longest) {
      int client = streams.size();
      streams.add(new PlannedStream(client, kind, member, "client-" + client, shortest, longest));
    }

    /** About a quarter talks to all members, the rest is spread over them. */
    void requests(WorkloadSpec workload) {
      int clients = workload.clients();
      long toAll = Math.round(clients / 4.0);
      double pause = 1e9 * clients / workload.requestsPerSecond();
      for (int i = 0; i < clients; i++) {
        add(
            Kind.REQUESTS,
            i < clients - toAll ? members.get(i % members.size()) : EVERYBODY,
            Duration.ofNanos(Math.round(pause * 0.5)),
            Duration.ofNanos(Math.round(pause * 1.5)));
      }
    }

    void compaction(Profile profile) {
      IntStream.range(0, profile == Profile.Kubernetes ? KUBERNETES_COMPACTORS : 1)
          .forEach(
              i -> add(Kind.COMPACTION, EVERYBODY, Duration.ofMillis(200), Duration.ofSeconds(2)));
    }

    /** A fiftieth of what the clients send, and ten requests a second at most. */
    void archive(WorkloadSpec workload) {
      double pause = 1e9 / Math.min(10, workload.requestsPerSecond() / 50);
      add(
          Kind.ARCHIVE,
          EVERYBODY,
          Duration.ofNanos(Math.round(pause * 0.5)),
          Duration.ofNanos(Math.round(pause * 1.5)));
    }

    void watches(Profile profile, String member) {
      add(Kind.WITNESS, member, Duration.ofDays(1), Duration.ofDays(1));
      add(Kind.PROGRESS_WATCHER, member, Duration.ofSeconds(5), Duration.ofSeconds(15));
      watchers(member, watchersPerMember(profile));
      if (profile == Profile.Kubernetes) {
        reflectors(member, 2);
      }
    }

    void watchesOfAll(Profile profile) {
      watchers(EVERYBODY, 2);
      if (profile == Profile.Kubernetes) {
        reflectors(EVERYBODY, 1);
      }
    }

    private void watchers(String member, int count) {
      for (int i = 0; i < count; i++) {
        add(Kind.WATCHER, member, Duration.ofMillis(500), Duration.ofSeconds(3));
      }
    }

    private void reflectors(String member, int count) {
      for (int i = 0; i < count; i++) {
        add(Kind.REFLECTOR, member, Duration.ofSeconds(1), Duration.ofSeconds(8));
      }
    }

    private static int watchersPerMember(Profile profile) {
      return switch (profile) {
        case Mixed -> 3;
        case Kubernetes -> 1;
        case Append, Lock -> 2;
        case Watch -> 8;
      };
    }
  }
}
