package io.etcdrobustness.traffic;

import io.etcdrobustness.spec.Release;
import java.util.concurrent.CompletionStage;

/**
 * What a change of version asks of members. Each call goes to one member, has one attempt and a
 * deadline, and completes on any thread; exceptionally, in words, if the answer is no or there is
 * none.
 */
public interface EtcdVersions extends AutoCloseable {

  /** Whether it answers a linearizable read: it is up, and the cluster has a leader. */
  CompletionStage<Void> serves(String member);

  /**
   * Has the cluster allow its members to go back to the minor of {@code to}, as {@code etcdctl
   * downgrade enable} does. Fails if one is under way already.
   */
  CompletionStage<Void> allowDowngrade(String member, Release to);

  /**
   * Whether the member, of v3.6 or newer, keeps its data as the minor of {@code release} reads it.
   */
  CompletionStage<Void> keepsDataFor(String member, Release release);

  /**
   * Whether the cluster, as this member of v3.5 or newer knows it, is of the minor of {@code
   * release} as a whole and on no way back.
   */
  CompletionStage<Void> hasSettledOn(String member, Release release);

  @Override
  void close();
}
