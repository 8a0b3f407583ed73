package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Names of a run's objects, hosts and members.
 *
 * @param run the RobustnessRun's name, {@code TEST-N}
 */
public record Names(String namespace, String test, String run, int replicas) {

  /** Those of this run. */
  public static Names of(RobustnessRun run) {
    return new Names(
        run.getMetadata().getNamespace(),
        run.getSpec().testName(),
        run.getMetadata().getName(),
        run.getSpec().test().cluster().replicas());
  }

  /** The members: {@code m0}, {@code m1} … */
  public List<String> members() {
    return IntStream.range(0, replicas).mapToObj(i -> "m" + i).toList();
  }

  /** The headless Service. */
  public String service() {
    return run;
  }

  /** A member's StatefulSet. */
  public String statefulSet(String member) {
    return run + "-" + member;
  }

  /** A member's pod. */
  public String pod(String member) {
    return statefulSet(member) + "-0";
  }

  /** A member's claim, if its data lie on one. */
  public String claim(String member) {
    return "data-" + pod(member);
  }

  /** The name under which a member is reached. */
  public String host(String member) {
    return pod(member) + "." + service() + "." + namespace + ".svc";
  }

  /** The Secret of certificates. */
  public String tls() {
    return run + "-tls";
  }

  /** The Secret of tokens. */
  public String token() {
    return run + "-token";
  }

  /** The runner's Job. */
  public String job() {
    return run;
  }

  /** The runner's ServiceAccount, Role and RoleBinding. */
  public String runner() {
    return run + "-runner";
  }
}
