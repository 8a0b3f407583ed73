package io.etcdrobustness.operator.model;

/** Ports of a member's pod. */
public final class Ports {

  /** Where recorded clients come in: the agent's proxy before etcd. */
  public static final int CLIENT_PROXY = 2379;

  /** etcd's own, for its peers. */
  public static final int PEER = 2380;

  /** etcd's own, for clients that no fault may touch. */
  public static final int CLIENT = 2381;

  /** The agent's proxy for what etcd dials; on loopback only. */
  public static final int PEER_PROXY = 2382;

  /** Where the agent takes orders. */
  public static final int CONTROL = 2383;

  /** etcd's metrics. */
  public static final int METRICS = 2384;

  private Ports() {}
}
