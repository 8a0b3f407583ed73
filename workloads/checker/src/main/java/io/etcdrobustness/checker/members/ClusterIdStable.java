package io.etcdrobustness.checker.members;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        "Every answer carries the same cluster id, and every answer of one endpoint the same member id.",
        "A client that reaches another cluster, or a member that came back as a new one, reads and writes data that the others do not have; revisions mean nothing across it.",
        "ResponseHeader in etcd's rpc.proto: \"cluster_id is the ID of the cluster which sent the response\".",
        "The headers of all answers and watch responses; an id of 0 is not recorded and not judged. The first answer sets the id, each other id is told once.",
        "Look at the member's start: an empty data directory with initial-cluster-state new founds a cluster of its own. Or a service routes an endpoint to other pods than its name says.");
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    Register register = new Register();
    budget
        .spend(evidence.history().operations())
        .forEach(operation -> {
          if (operation.outcome() instanceof Outcome.Ok ok) {
            Header header = ok.response().header();
            register.note(header, operation.member(), operation.end(), operationOf(operation));
          }
        });
    Map<Long, String> endpoints = new HashMap<>();
    budget
        .spend(evidence.history().watches())
        .forEach(message -> note(message, endpoints, register));
    List<Violation> violations = register.violations;
    violations.sort(Comparator.comparingLong(Violation::time));
    String note = register.hits + " headers compared";
    return violations.isEmpty() && budget.exhausted()
        ? Finding.undecided(this, register.hits, "stopped by its budget after " + note)
        : Finding.of(this, register.hits, violations, note);
  }

  private static void note(Watch message, Map<Long, String> endpoints, Register register) {
    String endpoint = endpoints.getOrDefault(message.watch(), "");
    Origin origin = new Origin("watch " + message.watch(), List.of(), List.of(message.watch()));
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

  private static Origin operationOf(Operation operation) {
    return new Origin("operation " + operation.id(), List.of(operation.id()), List.of());
  }

  private record Origin(String name, List<Long> operations, List<Long> watches) {}

  /** The ids seen: what they belong to, each with those told already. */
  private final class Register {

    private final Map<String, List<Long>> seen = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private long hits;

    private void note(Header header, String endpoint, long time, Origin origin) {
      if (header.clusterId() != 0) {
        hits++;
        compare("the cluster", header.clusterId(), "", time, origin);
      }
      if (header.memberId() != 0 && !endpoint.isEmpty()) {
        compare("member " + endpoint, header.memberId(), endpoint, time, origin);
      }
    }

    private void compare(String whose, long id, String member, long time, Origin origin) {
      List<Long> ids = seen.computeIfAbsent(whose, unseen -> new ArrayList<>());
      if (ids.contains(id)) {
        return;
      }
      ids.add(id);
      if (ids.size() > 1) {
        violations.add(
            new Violation(
                name(),
                "the id of %s was %s, but the answer to %s at %s tells %s"
                    .formatted(
                        whose,
                        Long.toHexString(ids.getFirst()),
                        origin.name(),
                        Seconds.of(time),
                        Long.toHexString(id)),
                time,
                origin.operations(),
                origin.watches(),
                member.isEmpty() ? List.of() : List.of(member),
                0));
      }
    }
  }
}
