package io.etcdrobustness.runs;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Ends a run early, in order: faults heal, what was recorded is kept and judged. */
public final class Cancellation {

  private final CompletableFuture<String> reason = new CompletableFuture<>();

  /** Asks the run to end; the first reason counts. From any thread. */
  public void cancel(String why) {
    reason.complete(why);
  }

  /** Another one, of one run of several: it ends with this one, and this one not with it. */
  public Cancellation ofOne() {
    Cancellation one = new Cancellation();
    var _ = reason.thenAccept(one::cancel);
    return one;
  }

  /** Whether the run is to end. */
  public boolean isCancelled() {
    return reason.isDone();
  }

  /** Why the run is to end; empty while it is not. */
  public Optional<String> reason() {
    return Optional.ofNullable(reason.getNow(null));
  }

  /** What waits for long, and gives up when its thread is interrupted. */
  interface Work<T, E extends Exception> {
    T run() throws E, InterruptedException;
  }

  /**
   * Does {@code work} on this thread, which is interrupted if the run is to end meanwhile. Does not
   * begin if the run is to end already.
   *
   * @throws InterruptedException if the run is to end, unless the work has a failure of its own to
   *     tell or came to its end all the same
   */
  <T, E extends Exception> T during(Work<T, E> work) throws E, InterruptedException {
    if (reason.isDone()) {
      throw new InterruptedException("the run is to end");
    }
    Interruption interruption = new Interruption(Thread.currentThread());
    whenCancelled(interruption::interrupt);
    try {
      return work.run();
    } finally {
      interruption.over();
    }
  }

  /** Runs {@code action} once the run is to end; at once if it is already. */
  public void whenCancelled(Runnable action) {
    var _ = reason.thenRun(action);
  }

  /** Interrupts a thread as long as that is wanted, and leaves no trace of it afterwards. */
  private static final class Interruption {
    private final Thread thread;
    private boolean interrupted;
    private boolean over;

    Interruption(Thread thread) {
      this.thread = thread;
    }

    synchronized void interrupt() {
      if (!over) {
        interrupted = true;
        thread.interrupt();
      }
    }

    /** On the thread itself. */
    synchronized void over() {
      over = true;
      if (interrupted) {
        Thread.interrupted();
      }
    }
  }
}
