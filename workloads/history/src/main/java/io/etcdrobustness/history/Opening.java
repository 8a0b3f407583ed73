package io.etcdrobustness.history;

import java.util.Optional;

/**
 * The read that opens a history which goes on where another one ended ({@link History.Start#READ}):
 * the first linearizable read of the whole store that was answered.
 *
 * <p>What was called before it returned, and had its place up to its revision, is <em>carried</em>:
 * it belongs to the history before, was judged there, and is told again because something depends
 * on it still, such as the grant of a lease that lives. What was called before and never answered
 * may have taken effect before, or may do so later.
 *
 * @param read the operation
 * @param answer what the store held, at the revision of its header
 */
public record Opening(Operation read, Response.Ranged answer) {

  private static final String EVERY_KEY = "\0";

  /** The opening of {@code history}; nothing if it has none. */
  public static Optional<Opening> of(History history) {
    return history.facts().start() == History.Start.READ
        ? history.operations().stream().flatMap(operation -> of(operation).stream()).findFirst()
        : Optional.empty();
  }

  /** {@code operation} as the opening of the history whose first it is that can be one. */
  public static Optional<Opening> of(Operation operation) {
    return operation.request() instanceof Request.Range range
            && readsAll(range)
            && operation.outcome() instanceof Outcome.Ok(Response.Ranged answer)
            && answer.header().revision() > 0
            && !answer.more()
        ? Optional.of(new Opening(operation, answer))
        : Optional.empty();
  }

  private static boolean readsAll(Request.Range range) {
    return range.equals(Request.Range.of(EVERY_KEY, EVERY_KEY));
  }

  /** The revision that the store was at. */
  public long revision() {
    return answer.header().revision();
  }

  /** Whether {@code operation} is carried. */
  public boolean carries(Operation operation) {
    return operation.call() < read.end()
        && operation.id() != read.id()
        && switch (operation.outcome()) {
          case Outcome.Ok(Response response) -> response.header().revision() <= revision();
          case Outcome.Failed failed -> true;
          case Outcome.Unknown unknown -> false;
        };
  }
}
