package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.Optional;

/**
 * One request, and what its client does with the answer.
 *
 * @param request what to send
 * @param pause how long to wait before it, counted from the call before, in units of the stream's
 *     own pause: 1 is the usual, 0 sends as soon as the answer before has come. What a client saves
 *     by steps that follow sooner it waits before it begins something new, so its rate stays
 * @param then what follows from the answer
 */
public record Step(Request request, double pause, Then then) {

  /** What follows from an answer. */
  @FunctionalInterface
  public interface Then {
    /** The next step of what the client is about; empty: that is over, it begins something new. */
    Optional<Step> after(Operation operation);
  }

  /** A request whose answer leads to nothing. */
  public static Step single(Request request) {
    return new Step(request, 1, operation -> Optional.empty());
  }

  /** A request whose answer {@code then} looks at. */
  public static Step of(Request request, Then then) {
    return new Step(request, 1, then);
  }

  /** This step after another pause. */
  public Step withPause(double pause) {
    return new Step(request, pause, then);
  }

  /** This step as soon as the answer before it has come. */
  public Step atOnce() {
    return withPause(0);
  }
}
