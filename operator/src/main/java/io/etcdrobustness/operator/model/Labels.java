package io.etcdrobustness.operator.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** Labels and annotations that are a contract: users and other parts of the operator read them. */
public final class Labels {

  /** The test that an object belongs to. */
  public static final String TEST = "etcdrobustness.io/test";

  /** The run that an object belongs to. */
  public static final String RUN = "etcdrobustness.io/run";

  /** On a test and its runs: the suite that the test belongs to. */
  public static final String SUITE = "etcdrobustness.io/suite";

  /** The member that an object belongs to: {@code m0}. */
  public static final String MEMBER = "etcdrobustness.io/member";

  /** {@code member} or {@code runner}. */
  public static final String COMPONENT = "app.kubernetes.io/component";

  /** Who made an object. */
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** The operator's name, in {@link #MANAGED_BY} and as field manager. */
  public static final String OPERATOR = "etcd-robustness-operator";

  /** On a namespace: tests may run here. */
  public static final String ENABLED = "etcdrobustness.io/enabled";

  /** On a suite, a test or a run: heal everything and end. */
  public static final String HALT = "etcdrobustness.io/halt";

  /** On a suite or a test: a new value makes new runs of the same spec. */
  public static final String RESTART = "etcdrobustness.io/restart";

  /** On a run: digest of what it was made of; see {@code TestStatus.specDigest}. */
  public static final String SPEC_DIGEST = "etcdrobustness.io/spec-digest";

  /** On a run: the time of the schedule that it was made for. */
  public static final String SCHEDULED_AT = "etcdrobustness.io/scheduled-at";

  /** On a test that its suite has halted: by whom, so that nobody else's halt is taken back. */
  public static final String HALTED_BY = "etcdrobustness.io/halted-by";

  /** On a test of a suite: which combination it is, for people. */
  public static final String COMBINATION = "etcdrobustness.io/combination";

  /** On every object of a run, and on a test of a suite: the digest of what was applied. */
  public static final String APPLIED_HASH = "etcdrobustness.io/applied-hash";

  /** On a node: the run, as {@code NAMESPACE/NAME}, that keeps pods away from it. */
  public static final String CORDONED_BY = "etcdrobustness.io/cordoned-by";

  /** Selects what this operator made. */
  public static final String SELECTOR = MANAGED_BY + "=" + OPERATOR;

  private Labels() {}

  /** Labels of an object of this run. */
  static Map<String, String> of(Names names, String component) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/name", "etcd-robustness");
    labels.put(MANAGED_BY, OPERATOR);
    labels.put(COMPONENT, component);
    labels.put(TEST, names.test());
    labels.put(RUN, names.run());
    return labels;
  }

  /** Labels of an object of this member. */
  static Map<String, String> ofMember(Names names, String member) {
    Map<String, String> labels = of(names, MEMBER_COMPONENT);
    labels.put(MEMBER, member);
    return labels;
  }

  /** Selects the pods of all members of this run. */
  static Map<String, String> selectingMembers(Names names) {
    return ordered(RUN, names.run(), COMPONENT, MEMBER_COMPONENT);
  }

  /** Selects the pod of this member. */
  static Map<String, String> selecting(Names names, String member) {
    return ordered(RUN, names.run(), MEMBER, member);
  }

  /** In this order, as people read them; {@code Map.of} has another one in each process. */
  private static Map<String, String> ordered(String a, String x, String b, String y) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put(a, x);
    map.put(b, y);
    return map;
  }

  static final String MEMBER_COMPONENT = "member";
  static final String RUNNER_COMPONENT = "runner";
}
