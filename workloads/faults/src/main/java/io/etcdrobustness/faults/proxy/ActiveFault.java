package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Late;
import java.time.Duration;

/** One effect on a link, and what has been measured of it so far. */
final class ActiveFault {

  final Half half;
  final Effect effect;
  long forwarded;
  long withheld;
  long held;
  long delivered;
  long dialsWithheld;
  long resets;
  long lateChunks;
  long longestDelay;
  Scheduler.Timer timer = () -> {};

  private final RandomSource jitter;

  ActiveFault(Half half, Effect effect) {
    this.half = half;
    this.effect = effect;
    this.jitter = new RandomSource(effect instanceof Late late ? late.draw() : 0);
  }

  /** Nanoseconds by which the next chunk is to be late, drawn from latency ± jitter. */
  long nextDelay(Late late) {
    long latency = late.latency().toNanos();
    long around = late.jitter().toNanos();
    return Math.max(0, around == 0 ? latency : jitter.between(latency - around, latency + around));
  }

  void chunkWasLate(long nanos) {
    lateChunks++;
    longestDelay = Math.max(longestDelay, nanos);
  }

  Measured measured() {
    return new Measured(
        forwarded,
        withheld,
        held,
        delivered,
        dialsWithheld,
        resets,
        lateChunks,
        Duration.ofNanos(longestDelay));
  }
}
