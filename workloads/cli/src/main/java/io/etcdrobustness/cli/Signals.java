package io.etcdrobustness.cli;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.RunListener;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * Makes Ctrl-C and SIGTERM end a run in order: faults heal, processes end, what was recorded is
 * judged, and the exit code is the verdict's. The second signal ends this process at once; the
 * guards then end the members.
 */
public final class Signals {

  private Signals() {}

  /** Cancels at SIGINT and SIGTERM; the listener is told. */
  public static void cancelOn(Cancellation cancellation, RunListener listener) {
    on(signal -> {
      listener.note(
          signal
              + ": healing, ending the cluster and judging what was recorded;"
              + " once more ends this at once");
      cancellation.cancel(signal);
    });
  }

  /** Has {@code first} told of the first of these signals; the second ends this process. */
  public static void on(Consumer<String> first) {
    AtomicInteger seen = new AtomicInteger();
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(
          new Signal(name),
          _ -> {
            if (seen.incrementAndGet() > 1) {
              Runtime.getRuntime().halt(ExitCodes.ERROR);
            }
            first.accept("SIG" + name);
          });
    }
  }
}
