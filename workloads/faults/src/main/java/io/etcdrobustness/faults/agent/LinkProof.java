package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.proxy.Measured;
import java.time.Duration;

/**
 * Judges whether a fault on a link took effect.
 *
 * <p>The rule: what was asked for must have been seen on real traffic. A partition of a link on
 * which nobody wanted to send anything proves nothing, and is not confirmed.
 */
final class LinkProof {

  /** Part of the requested latency that must have been measured. */
  private static final int ENOUGH_PERCENT = 80;

  private LinkProof() {}

  static Proof judge(Effect effect, Measured measured) {
    return switch (effect) {
      case Drop drop -> dropped(measured);
      case Late late -> delayed(late, measured);
      case Cut cut -> cut(measured);
      case Hold hold -> held(measured);
    };
  }

  private static Proof dropped(Measured measured) {
    String counted =
        "%d bytes forwarded, %d bytes and %d dials withheld"
            .formatted(measured.forwarded(), measured.withheld(), measured.dialsWithheld());
    if (measured.forwarded() > 0) {
      return new Proof(false, counted + ": the link was not cut off");
    }
    if (measured.withheld() == 0 && measured.dialsWithheld() == 0) {
      return new Proof(false, counted + ": nobody tried to use the link");
    }
    return new Proof(true, counted);
  }

  private static Proof delayed(Late late, Measured measured) {
    String counted =
        "%d chunks were late, one by %.1f ms; %.1f ms were asked for"
            .formatted(
                measured.lateChunks(), millis(measured.longestDelay()), millis(late.latency()));
    boolean enough =
        measured.lateChunks() > 0
            && measured
                    .longestDelay()
                    .multipliedBy(100)
                    .compareTo(late.latency().multipliedBy(ENOUGH_PERCENT))
                >= 0;
    return new Proof(enough, enough ? counted : counted + ": no delay of that size was seen");
  }

  private static Proof cut(Measured measured) {
    String counted = "connections reset: " + measured.resets();
    return new Proof(
        measured.resets() > 0,
        measured.resets() > 0 ? counted : counted + ": there was none to reset");
  }

  private static Proof held(Measured measured) {
    String counted =
        "%d bytes and %d dials held, %d bytes delivered at the end, %d forwarded before it"
            .formatted(
                measured.held(),
                measured.dialsWithheld(),
                measured.delivered(),
                measured.forwarded());
    if (measured.forwarded() > 0) {
      return new Proof(false, counted + ": the link was not stalled");
    }
    if (measured.held() == 0 && measured.dialsWithheld() == 0) {
      return new Proof(false, counted + ": nobody tried to use the link");
    }
    return new Proof(true, counted);
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
