package io.etcdrobustness.history;

import java.util.Optional;

/**
 * A change of one key ({@code mvccpb.Event}).
 *
 * @param kv the key as put; of a delete only key and modRevision are told
 * @param previous the key as it was before, where asked for and not compacted
 * @param created whether the put created the key; where {@link KeyValue#createRevision} is told it
 *     follows from that
 */
public record Event(Type type, KeyValue kv, Optional<KeyValue> previous, boolean created) {

  /** What happened to the key. */
  public enum Type {
    PUT,
    DELETE
  }

  /** The revision of the change. */
  public long revision() {
    return kv.modRevision();
  }
}
