package io.etcdrobustness.history;

/**
 * Something that happened to a member, as seen from outside.
 *
 * @param member its name
 * @param detail in words: the version started, the exit code, the log line
 * @param expected whether the run itself brought it about, by a fault or by ending the cluster, or
 *     whoever runs the member's container did, by ending that
 */
public record MemberEvent(
    String member,
    Kind kind,
    long memberId,
    long raftTerm,
    String detail,
    boolean expected,
    long time)
    implements Entry {

  /** What happened. */
  public enum Kind {
    /** Its process was started. */
    STARTED,
    /** It serves requests. */
    READY,
    /** From now on it runs the release of etcd that {@code detail} names. */
    VERSION,
    /** Its process ended. */
    EXITED,
    /**
     * It lost its disk, was removed from the cluster, and another one was added in its place: the
     * same name, another member id.
     */
    REPLACED,
    /** Its process was stopped (SIGSTOP). */
    PAUSED,
    /** Its process goes on. */
    RESUMED,
    /** It was seen to be leader, for the first time in {@code raftTerm}. */
    LEADER,
    /** It received a snapshot instead of log entries. */
    SNAPSHOT_RECEIVED,
    /** A line of its log that a sound member does not write: a panic, a fatal error, corruption. */
    BAD_LOG_LINE
  }
}
