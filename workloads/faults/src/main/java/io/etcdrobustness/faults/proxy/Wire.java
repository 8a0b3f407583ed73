package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One direction of all connections to one peer: the effects in force on it, and the count of what
 * happened to its bytes while each was.
 *
 * <p>Effects stack: bytes are dropped if any effect drops, held while any holds, and late by the
 * sum of all delays. Safe for threads.
 */
final class Wire {

  /** What was measured while an effect was in force. */
  static final class Measure {
    long forwarded;
    long dropped;
    long held;
    long chunksLate;
    long leastDelay = Long.MAX_VALUE;
    long mostDelay;
  }

  private record InForce(Effect effect, RandomSource jitter, Measure measure) {}

  private final Scheduler scheduler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, InForce> effects = new LinkedHashMap<>();

  Wire(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  void begin(String id, Effect effect) {
    lock.lock();
    try {
      long draw = effect instanceof Late late ? late.draw() : 0;
      effects.put(id, new InForce(effect, new RandomSource(draw).fork(id), new Measure()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends an effect; what was measured, all zero if it was not in force. */
  Measure end(String id) {
    lock.lock();
    try {
      InForce ended = effects.remove(id);
      changed.signalAll();
      return ended == null ? new Measure() : ended.measure;
    } finally {
      lock.unlock();
    }
  }

  /** When bytes that arrived now may leave: now, or later under a delay. */
  long due() {
    lock.lock();
    try {
      long due = scheduler.now();
      for (InForce each : effects.values()) {
        if (each.effect instanceof Late late) {
          long jitter = late.jitter().toNanos();
          long delay =
              late.latency().toNanos() + (jitter == 0 ? 0 : each.jitter.between(-jitter, jitter));
          due += Math.max(0, delay);
          each.measure.chunksLate++;
        }
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@code bytes} bytes that arrived at {@code arrived} may leave.
   *
   * @param open asked while waiting: whether the connection is still there
   * @return false if they must not leave at all
   */
  boolean await(long arrived, long due, int bytes, java.util.function.BooleanSupplier open)
      throws InterruptedException {
    lock.lock();
    try {
      boolean held = false;
      while (true) {
        if (!open.getAsBoolean()) {
          return false;
        }
        if (isDropping(bytes)) {
          return false;
        }
        long left = due - scheduler.now();
        if (isHolding()) {
          if (!held) {
            held = true;
            count(Hold.class, bytes);
          }
          changed.await(1, TimeUnit.SECONDS);
        } else if (left > 0) {
          changed.awaitNanos(left);
        } else {
          left(scheduler.now() - arrived, bytes);
          return true;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Wakes whoever waits, to look again whether its connection is still open. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isDropping() {
    lock.lock();
    try {
      return effects.values().stream().anyMatch(each -> each.effect instanceof Drop);
    } finally {
      lock.unlock();
    }
  }

  private boolean isDropping(int bytes) {
    boolean dropping = false;
    for (InForce each : effects.values()) {
      if (each.effect instanceof Drop) {
        each.measure.dropped += bytes;
        dropping = true;
      }
    }
    return dropping;
  }

  private boolean isHolding() {
    return effects.values().stream().anyMatch(each -> each.effect instanceof Hold);
  }

  private void count(Class<? extends Effect> type, int bytes) {
    for (InForce each : effects.values()) {
      if (type.isInstance(each.effect)) {
        each.measure.held += bytes;
      }
    }
  }

  private void left(long delay, int bytes) {
    for (InForce each : effects.values()) {
      Measure measure = each.measure;
      switch (each.effect) {
        case Drop _, Hold _, Cut _ -> measure.forwarded += bytes;
        case Late _ -> {
          measure.forwarded += bytes;
          measure.leastDelay = Math.min(measure.leastDelay, delay);
          measure.mostDelay = Math.max(measure.mostDelay, delay);
        }
      }
    }
  }
}
