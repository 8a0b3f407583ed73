package io.etcdrobustness.history;

/**
 * A key with its value, as etcd answers it ({@code mvccpb.KeyValue}).
 *
 * @param createRevision revision of the put that created the key; {@link #NOT_RECORDED} where the
 *     source of the history does not tell
 * @param modRevision revision of the last change
 * @param version number of puts since the key was created; {@link #NOT_RECORDED} as above
 * @param lease id of the lease that the key hangs on, 0 for none; {@link #NOT_RECORDED} as above
 */
public record KeyValue(
    String key, String value, long createRevision, long modRevision, long version, long lease) {

  /** A field that the source of the history does not tell; equal to anything. */
  public static final long NOT_RECORDED = -1;
}
