package io.etcdrobustness.cli;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.RunListener;
import java.util.concurrent.atomic.AtomicInteger;
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
    AtomicInteger seen = new AtomicInteger();
    for (String name : new String[] {"INT", "TERM"}) {
      Signal.handle(
          new Signal(name),
          _ -> {
            if (seen.incrementAndGet() > 1) {
              Runtime.getRuntime().halt(ExitCodes.ERROR);
            }
            listener.note(
                "SIG"
                    + name
                    + ": healing, ending the cluster and judging what was recorded;"
                    + " once more ends this at once");
            cancellation.cancel("SIG" + name);
          });
    }
  }
}
