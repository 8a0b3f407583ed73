package io.etcdrobustness.history.jepsen;

/**
 * Whether plain reads of a test were serializable ({@code --serializable}), which its history does
 * not tell: a serializable read may be answered from the past, a linearizable one must not.
 */
public enum Reads {
  /** As the folder's name says. */
  AS_NAMED,
  /** Linearizable, unless the folder's name says otherwise. */
  LINEARIZABLE,
  /** Serializable, whatever the folder's name says. */
  SERIALIZABLE
}
