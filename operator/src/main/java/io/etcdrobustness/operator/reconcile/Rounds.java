package io.etcdrobustness.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The reconciliations of an operator. Those that have begun when it ends are finished while all is
 * still watched, and no other begins: what is watched no more looks as if it were not there, and
 * would be told as that.
 */
final class Rounds {

  private static final Duration SOON = Duration.ofSeconds(1);

  /** Held for reading by whoever reconciles. */
  private final ReadWriteLock underWay = new ReentrantReadWriteLock();

  private volatile boolean over;

  /** One reconciliation; nothing if the operator ends. */
  <T extends HasMetadata> UpdateControl<T> of(Supplier<UpdateControl<T>> step) {
    return unlessOver(
        () -> {
          try {
            return step.get();
          } catch (KubernetesClientException conflict) {
            if (conflict.getCode() != HttpURLConnection.HTTP_CONFLICT) {
              throw conflict;
            }
            // Someone wrote at the same time; what is decided must be decided upon that.
            return UpdateControl.<T>noUpdate().rescheduleAfter(SOON);
          }
        },
        UpdateControl.noUpdate());
  }

  /** One of what is being deleted; it stays if the operator ends, for the next one. */
  DeleteControl ofDeleted(Supplier<DeleteControl> step) {
    return unlessOver(step, DeleteControl.noFinalizerRemoval());
  }

  private <T> T unlessOver(Supplier<T> step, T nothing) {
    underWay.readLock().lock();
    try {
      return over ? nothing : step.get();
    } finally {
      underWay.readLock().unlock();
    }
  }

  /**
   * Lets no other begin.
   *
   * @param most how long those that have begun are waited for
   * @return whether they have ended
   */
  boolean end(Duration most) {
    over = true;
    boolean interrupted = Thread.interrupted();
    try {
      boolean ended = underWay.writeLock().tryLock(most.toNanos(), TimeUnit.NANOSECONDS);
      if (ended) {
        underWay.writeLock().unlock();
      }
      return ended;
    } catch (InterruptedException hurry) {
      interrupted = true;
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
