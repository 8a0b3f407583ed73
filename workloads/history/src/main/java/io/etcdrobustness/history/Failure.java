package io.etcdrobustness.history;

/**
 * An error as the client got it.
 *
 * @param kind what it claims
 * @param code the gRPC status code's name, such as {@code UNAVAILABLE}
 * @param message the status description, as it came
 */
public record Failure(Kind kind, String code, String message) {

  /** What an error claims about the state of the store; a closed list, all else is OTHER. */
  public enum Kind {
    /** {@code mvcc: required revision has been compacted}. */
    COMPACTED,
    /** {@code mvcc: required revision is a future revision}. */
    FUTURE_REVISION,
    /** {@code requested lease not found}. */
    LEASE_NOT_FOUND,
    /** {@code lease already exists}. */
    LEASE_EXISTS,
    /** {@code key not found}: a put that was to keep the value or the lease of an absent key. */
    KEY_NOT_FOUND,
    /** {@code duplicate key given in txn request} and other refusals of malformed requests. */
    INVALID_ARGUMENT,
    /** {@code mvcc: database space exceeded}. */
    NO_SPACE,
    /** {@code too many requests}: refused before it was proposed. */
    TOO_MANY_REQUESTS,
    /** {@code etcdserver: corrupt cluster}. */
    CORRUPT,
    /** The server does not know the method. */
    UNIMPLEMENTED,
    /** The connection could not be made: the request never left. */
    NOT_SENT,
    /** The client's own deadline passed. */
    DEADLINE,
    /** Anything else: timeouts of the server, lost connections, leader changes. */
    OTHER
  }
}
