package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.history.ByteStrings;

/**
 * The keys that a request is about, in etcd's way of writing it.
 *
 * @param end see {@link ByteStrings#inRange}
 */
public record KeyRange(String key, String end) {

  /** Every key there is. */
  public static final KeyRange ALL = new KeyRange("\0", "\0");

  /** One key. */
  public static KeyRange one(String key) {
    return new KeyRange(key, "");
  }

  /** The keys that begin with {@code prefix}. */
  public static KeyRange prefix(String prefix) {
    return new KeyRange(prefix, ByteStrings.prefixEnd(prefix));
  }

  /** Whether {@code key} is one of them. */
  public boolean contains(String key) {
    return ByteStrings.inRange(key, this.key, end);
  }

  /** Those of them that come after {@code last}: where the next page of a list begins. */
  KeyRange after(String last) {
    return new KeyRange(last + "\0", end);
  }
}
