package io.etcdrobustness.runs.cluster;

import io.etcdrobustness.spec.ClusterSpec;
import java.time.Duration;

/**
 * How long an etcd takes to end when it is asked to.
 *
 * <p>It waits for calls under way, and a watch is always under way, as long as a request may take:
 * five seconds and two election timeouts (etcd server/config, ReqTimeout). Whoever kills it before
 * that has made a crash of an orderly end.
 */
public final class GracefulEnd {

  private static final Duration REQUEST = Duration.ofSeconds(5);
  private static final Duration SLACK = Duration.ofSeconds(5);

  private GracefulEnd() {}

  /** The longest that it is worth waiting for. */
  public static Duration most(ClusterSpec spec) {
    return REQUEST.plus(spec.options().election().multipliedBy(2)).plus(SLACK);
  }
}
