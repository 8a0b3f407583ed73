package io.etcdrobustness.history;

/**
 * The header of an answer of etcd ({@code etcdserverpb.ResponseHeader}).
 *
 * @param clusterId id of the cluster, 0 where it was not recorded
 * @param memberId id of the member that answered, 0 where it was not recorded
 * @param revision the store's revision as the answer tells it; what it means depends on the
 *     request: see {@code EtcdModel} in the checker. {@link #NO_REVISION} where it was not recorded
 * @param raftTerm the term of the member that answered, 0 where it was not recorded
 */
public record Header(long clusterId, long memberId, long revision, long raftTerm) {

  /** A revision that was not recorded. */
  public static final long NO_REVISION = 0;

  /** A revision that was recorded, and that no store can have: they begin with 1. */
  public static final long IMPOSSIBLE = -1;

  /** A header of which only the revision is known, as importers of other tools' histories have. */
  public static Header ofRevision(long revision) {
    return new Header(0, 0, revision, 0);
  }
}
