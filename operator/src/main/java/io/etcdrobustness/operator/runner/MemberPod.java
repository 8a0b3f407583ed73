package io.etcdrobustness.operator.runner;

import java.net.URI;

/**
 * Where one member lives in Kubernetes; the operator's model makes objects of these names.
 *
 * @param namespace of the run
 * @param run its name
 * @param member such as {@code m0}
 */
record MemberPod(String namespace, String run, String member) {

  /** Recorded clients; the agent's proxy listens. */
  static final int CLIENT_PROXY = 2379;

  /** Peers. */
  static final int PEER = 2380;

  /** etcd itself, past the faults of clients. */
  static final int CLIENT = 2381;

  /** The agent's control address. */
  static final int CONTROL = 2383;

  /** etcd's metrics, unencrypted. */
  static final int METRICS = 2384;

  /** The StatefulSet of this one member. */
  String statefulSet() {
    return run + "-" + member;
  }

  /** Its only pod. */
  String pod() {
    return statefulSet() + "-0";
  }

  /** The claim of its data, if it has one. */
  String claim() {
    return "data-" + pod();
  }

  /** The name that does not change when the pod does. */
  String host() {
    return pod() + "." + run + "." + namespace + ".svc";
  }

  URI agent() {
    return URI.create("http://" + host() + ":" + CONTROL);
  }
}
