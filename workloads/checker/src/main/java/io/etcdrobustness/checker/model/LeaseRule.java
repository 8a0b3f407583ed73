package io.etcdrobustness.checker.model;

/**
 * What is known of a lease besides the requests that the model has executed.
 *
 * <p>A history may hold a grant whose answer was lost, or none at all; the model then cannot tell
 * from its own steps whether a lease exists.
 */
@FunctionalInterface
public interface LeaseRule {

  /** How far the existence of {@code lease} is judged. */
  Existence of(long lease);

  /** How far a lease's existence is judged. */
  enum Existence {
    /** It exists from its grant to its end, as the model has executed them. */
    GRANTED,
    /** Somebody granted it before its first use; once ended it is gone. */
    PRESUMED,
    /** It does not exist yet: nobody had asked for it. */
    ABSENT,
    /** Nothing is known: it may exist at any time. */
    FREE
  }

  /** Every lease is judged by what the model has executed. */
  LeaseRule STRICT = lease -> Existence.GRANTED;
}
