package io.etcdrobustness.checker.members;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** All answers come from one cluster, and each endpoint is always the same member of it. */
public final class ClusterIdStable implements Property {

  @Override
  public String name() {
    return "ClusterIdStable";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "Every answer carries the same cluster id, and every answer of one endpoint the same member id, unless that member was replaced.",
        "A client that reaches another cluster, or a member that came back as a new one, reads and writes data that the others do not have; revisions mean nothing across it.",
        "ResponseHeader in etcd's rpc.proto: \"cluster_id is the ID of the cluster which sent the response\".",
        "The headers of all answers and watch responses; an id of 0 is not recorded and not judged. The earliest answer sets the id, each other id is told once. A member that was replaced by another one of its name may have one more id from then on.",
        "Look at the member's start: an empty data directory with initial-cluster-state new founds a cluster of its own. Or a service routes an endpoint to other pods than its name says.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new Census());
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    Register register = new Register(replacements(evidence.history()));
    budget.spend(evidence.history().operations()).forEach(operation -> note(operation, register));
    Map<Long, String> endpoints = new HashMap<>();
    budget
        .spend(evidence.history().watches())
        .forEach(message -> note(message, endpoints, register));
    Finding found = found(register);
    return found.violations().isEmpty() && budget.exhausted()
        ? Finding.undecided(this, register.hits, "stopped by its budget after " + register.told())
        : found;
  }

  /** Counts headers as long as nobody has two ids. */
  private final class Census implements Follower.OfCalls, Follower.OfWatches {

    private final Map<Long, String> endpoints = new HashMap<>();
    private final Map<String, Long> members = new HashMap<>();
    private long cluster;
    private long hits;
    private boolean stable = true;

    @Override
    public void called(Operation operation) {
      if (operation.outcome() instanceof Outcome.Ok ok) {
        note(ok.response().header(), operation.member());
      }
    }

    @Override
    public void watched(Watch message) {
      switch (message) {
        case Watch.Events events -> note(events.header(), events.watch());
        case Watch.Progress progress -> note(progress.header(), progress.watch());
        case Watch.Opened opened -> {
          // While nobody names an endpoint there is nothing to look up.
          if (!opened.member().isEmpty() || !endpoints.isEmpty()) {
            endpoints.put(opened.watch(), opened.member());
          }
        }
        case Watch.Created created -> note(created.header(), created.watch());
        case Watch.Canceled canceled -> note(canceled.header(), canceled.watch());
        case Watch.ProgressRequested _, Watch.Broken _, Watch.Closed _ -> {}
      }
    }

    private void note(Header header, long watch) {
      note(header, endpoints.isEmpty() ? "" : endpoints.getOrDefault(watch, ""));
    }

    private void note(Header header, String endpoint) {
      long id = header.clusterId();
      if (id != 0) {
        hits++;
        cluster = cluster == 0 ? id : cluster;
        stable &= id == cluster;
      }
      if (header.memberId() != 0 && !endpoint.isEmpty()) {
        Long known = members.get(endpoint);
        if (known == null) {
          members.put(endpoint, header.memberId());
        } else {
          stable &= known == header.memberId();
        }
      }
    }

    @Override
    public boolean hopeful() {
      return stable;
    }

    @Override
    public Optional<Finding> end() {
      return stable
          ? Optional.of(Finding.of(ClusterIdStable.this, hits, List.of(), Register.told(hits)))
          : Optional.empty();
    }

    /** Plain answers name no cluster. */
    @Override
    public Optional<Finding> plain(PlainCounts counts) {
      return end();
    }
  }

  private static void note(Operation operation, Register register) {
    if (operation.outcome() instanceof Outcome.Ok ok) {
      register.note(
          ok.response().header(),
          operation.member(),
          operation.end(),
          () -> new Origin("operation " + operation.id(), List.of(operation.id()), List.of()));
    }
  }

  private Finding found(Register register) {
    return Finding.of(this, register.hits, register.violations(), register.told());
  }

  private static void note(Watch message, Map<Long, String> endpoints, Register register) {
    String endpoint = endpoints.getOrDefault(message.watch(), "");
    Supplier<Origin> origin =
        () -> new Origin("watch " + message.watch(), List.of(), List.of(message.watch()));
    switch (message) {
      case Watch.Opened opened -> endpoints.put(opened.watch(), opened.member());
      case Watch.Created created ->
          register.note(created.header(), endpoint, created.time(), origin);
      case Watch.Events events -> register.note(events.header(), endpoint, events.time(), origin);
      case Watch.Progress progress ->
          register.note(progress.header(), endpoint, progress.time(), origin);
      case Watch.Canceled canceled ->
          register.note(canceled.header(), endpoint, canceled.time(), origin);
      case Watch.ProgressRequested _, Watch.Broken _, Watch.Closed _ -> {}
    }
  }

  private static Map<String, List<Long>> replacements(History history) {
    Map<String, List<Long>> times = new HashMap<>();
    for (MemberEvent event : history.memberEvents()) {
      if (event.kind() == MemberEvent.Kind.REPLACED) {
        times.computeIfAbsent(event.member(), _ -> new ArrayList<>()).add(event.time());
      }
    }
    return times;
  }

  private record Origin(String name, List<Long> operations, List<Long> watches) {}

  /** An id, and the earliest answer that told it. */
  private record Sighting(long id, long time, Origin origin) {}

  /** The ids seen: what they belong to, each with its earliest sighting. */
  private final class Register {

    private final Map<String, List<Long>> replacements;
    private final Map<Long, Sighting> cluster = new HashMap<>();
    private final Map<String, Map<Long, Sighting>> members = new TreeMap<>();
    private long hits;

    private Register(Map<String, List<Long>> replacements) {
      this.replacements = replacements;
    }

    private void note(Header header, String endpoint, long time, Supplier<Origin> origin) {
      if (header.clusterId() != 0) {
        hits++;
        see(cluster, header.clusterId(), time, origin);
      }
      if (header.memberId() != 0 && !endpoint.isEmpty()) {
        see(
            members.computeIfAbsent(endpoint, _ -> new HashMap<>()),
            header.memberId(),
            time,
            origin);
      }
    }

    private void see(Map<Long, Sighting> ids, long id, long time, Supplier<Origin> origin) {
      Sighting known = ids.get(id);
      if (known == null || time < known.time) {
        ids.put(id, new Sighting(id, time, origin.get()));
      }
    }

    private String told() {
      return told(hits);
    }

    private static String told(long hits) {
      return hits + " headers compared";
    }

    private List<Violation> violations() {
      List<Violation> violations = new ArrayList<>();
      compare("the cluster", List.of(), cluster, List.of(), violations);
      members.forEach((member, ids) ->
          compare(
              "member " + member,
              List.of(member),
              ids,
              replacements.getOrDefault(member, List.of()),
              violations));
      violations.sort(Comparator.comparingLong(Violation::time));
      return violations;
    }

    /** The id after the n-th one wants n replacements before it. */
    private void compare(
        String whose,
        List<String> member,
        Map<Long, Sighting> ids,
        List<Long> replaced,
        List<Violation> violations) {
      List<Sighting> inOrder =
          ids.values().stream().sorted(Comparator.comparingLong(Sighting::time)).toList();
      int allowed = 0;
      for (int i = 1; i < inOrder.size(); i++) {
        Sighting other = inOrder.get(i);
        long before = replaced.stream().filter(time -> time <= other.time).count();
        if (before > allowed) {
          allowed++;
          continue;
        }
        violations.add(
            new Violation(
                name(),
                "the id of %s was %s, but the answer to %s at %s tells %s"
                    .formatted(
                        whose,
                        Long.toHexString(inOrder.getFirst().id),
                        other.origin.name(),
                        Seconds.of(other.time),
                        Long.toHexString(other.id)),
                other.time,
                other.origin.operations(),
                other.origin.watches(),
                member,
                0));
      }
    }
  }
}
