package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.traffic.grpc.EtcdAdmin;
import io.etcdrobustness.traffic.grpc.EtcdAdmin.ClusterMember;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Replaces a member that lost its disk, as etcd's operations guide wants it ("Replacing a failed
 * member"): the old one is removed, one with the same peer URL is added, and only then started.
 *
 * <p>Every answer may be lost, so each step looks at the list first:
 *
 * <pre>
 *   a started member has this peer URL   → remove it, look again
 *   no member has this peer URL          → add one, look again
 *   an unstarted member has this peer URL → done
 * </pre>
 */
final class Membership {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final EtcdAdmin admin;
  private final Scheduler scheduler;

  Membership(EtcdAdmin admin, Scheduler scheduler) {
    this.admin = admin;
    this.scheduler = scheduler;
  }

  /**
   * Makes room for a new member.
   *
   * @param peerUrl of the one that lost its disk, and of its successor
   * @param others who are asked, one after the other
   */
  CompletionStage<Void> replace(String peerUrl, List<String> others) {
    int[] asked = {0};
    return Poll.<Boolean>until(
            scheduler,
            PATIENCE,
            "the cluster to replace the member at " + peerUrl,
            () -> step(peerUrl, others.get(asked[0]++ % others.size())))
        .thenApply(_ -> null);
  }

  private CompletionStage<Optional<Boolean>> step(String peerUrl, String via) {
    return admin
        .memberList(via)
        .thenCompose(members -> {
          Optional<ClusterMember> same =
              members.stream().filter(member -> member.peerUrls().contains(peerUrl)).findFirst();
          if (same.isEmpty()) {
            return admin.memberAdd(via, peerUrl).thenApply(_ -> Optional.of(true));
          }
          if (same.get().name().isEmpty()) {
            return CompletableFuture.completedFuture(Optional.of(true));
          }
          return admin.memberRemove(via, same.get().id()).thenApply(_ -> Optional.empty());
        });
  }
}
