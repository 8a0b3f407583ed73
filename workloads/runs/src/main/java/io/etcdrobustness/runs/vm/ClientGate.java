package io.etcdrobustness.runs.vm;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.agent.OngoingFault;
import io.etcdrobustness.traffic.wire.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What lies between recorded clients and one member: faults of clients are carried out here. */
final class ClientGate {

  /** The first after a start is like the first of all starts; so some of them pass. */
  private static final int MOST_LET_PASS = 10;

  /** A member that was struck is elected and has its clients back by then. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Scheduler scheduler;
  private final RandomSource random;
  private final Map<String, Effect> effects = new LinkedHashMap<>();
  private final Set<Gated> connections = new LinkedHashSet<>();
  private final List<Runnable> held = new ArrayList<>();
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private long lastStrike = -1;
  private int toLetPass;
  private long withheld;
  private long late;
  private long resets;

  /**
   * A gate that lets all pass.
   *
   * @param random decides which promise is struck
   */
  ClientGate(Scheduler scheduler, RandomSource random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  OngoingFault fault(String id, Effect effect) {
    return new AtGate(id, effect);
  }

  /**
   * Completes when the member has just acknowledged a write, or after a while if it does not. Of
   * several that wait, each gets a moment of its own: what strikes in the first takes the member
   * away, and the second is to strike when it is back.
   */
  CompletionStage<Void> nextPromise() {
    CompletableFuture<Void> promise = new CompletableFuture<>();
    waiting.add(promise);
    scheduler.after(
        PATIENCE,
        () -> {
          if (waiting.remove(promise)) {
            promise.complete(null);
          }
        });
    return promise;
  }

  /** The member has acknowledged a write. */
  void promised() {
    if (waiting.isEmpty() || scheduler.now() == lastStrike || toLetPass-- > 0) {
      return;
    }
    lastStrike = scheduler.now();
    toLetPass = random.nextInt(MOST_LET_PASS);
    waiting.removeFirst().complete(null);
  }

  /** A connection through the gate. */
  Wire.Connection pass(Wire.Listener listener, Dial dial) {
    Gated gated = new Gated(listener, dial);
    connections.add(gated);
    gated.dial();
    return gated;
  }

  /** Makes the connection behind the gate. */
  @FunctionalInterface
  interface Dial {
    Wire.Connection to(Wire.Listener listener);
  }

  private boolean has(Class<? extends Effect> kind) {
    return effects.values().stream().anyMatch(kind::isInstance);
  }

  private Duration lateness() {
    return effects.values().stream()
        .map(effect -> effect instanceof Agent.Late(var latency, _, _) ? latency : Duration.ZERO)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** One connection; it has lost its use once something on it was lost. */
  private final class Gated implements Wire.Connection, Wire.Listener {
    private final Wire.Listener listener;
    private final Supplier<Wire.Connection> dial;
    private Wire.Connection behind = NOWHERE;
    private boolean holed;
    private boolean over;

    Gated(Wire.Listener listener, Dial dial) {
      this.listener = listener;
      this.dial = () -> dial.to(this);
    }

    void dial() {
      if (has(Agent.Drop.class)) {
        withheld++;
        holed = true;
      } else {
        deliver(() -> behind = dial.get());
      }
    }

    /** In order, and late if that is to be. */
    private void deliver(Runnable step) {
      if (over) {
        return;
      }
      if (has(Agent.Drop.class) || holed) {
        withheld++;
        holed = true;
      } else if (has(Agent.Hold.class) || !held.isEmpty()) {
        withheld++;
        held.add(step);
      } else if (has(Agent.Late.class)) {
        late++;
        scheduler.after(lateness(), step);
      } else {
        step.run();
      }
    }

    @Override
    public void send(byte[] bytes) {
      deliver(() -> behind.send(bytes));
    }

    @Override
    public void close() {
      over = true;
      connections.remove(this);
      behind.close();
    }

    @Override
    public void connected() {
      deliver(listener::connected);
    }

    @Override
    public void received(byte[] bytes) {
      deliver(() -> listener.received(bytes));
    }

    @Override
    public void closed(String why) {
      deliver(() -> end(why));
    }

    void end(String why) {
      if (!over) {
        close();
        listener.closed(why);
      }
    }
  }

  private static final Wire.Connection NOWHERE =
      new Wire.Connection() {
        @Override
        public void send(byte[] bytes) {
          throw new IllegalStateException("bytes are sent before there is a connection");
        }

        @Override
        public void close() {}
      };

  private final class AtGate implements OngoingFault {
    private final String id;
    private final Effect effect;
    private Scheduler.Timer again = () -> {};
    private long withheldBefore;
    private long lateBefore;
    private long resetsBefore;

    AtGate(String id, Effect effect) {
      this.id = id;
      this.effect = effect;
    }

    @Override
    public CompletionStage<Void> begin() {
      withheldBefore = withheld;
      lateBefore = late;
      resetsBefore = resets;
      effects.put(id, effect);
      if (effect instanceof Agent.Cut(Duration every)) {
        cut(every);
      }
      return CompletableFuture.completedFuture(null);
    }

    private void cut(Duration every) {
      for (Gated connection : List.copyOf(connections)) {
        resets++;
        connection.end("connection reset");
      }
      again = scheduler.after(every, () -> cut(every));
    }

    @Override
    public CompletionStage<Proof> end() {
      again.cancel();
      effects.remove(id);
      if (!has(Agent.Drop.class)) {
        List.copyOf(connections).stream()
            .filter(connection -> connection.holed)
            .forEach(connection -> connection.end("connection reset: bytes were lost on it"));
      }
      if (!has(Agent.Hold.class)) {
        List<Runnable> now = List.copyOf(held);
        held.clear();
        now.forEach(Runnable::run);
      }
      long count =
          switch (effect) {
            case Agent.Drop _, Agent.Hold _ -> withheld - withheldBefore;
            case Agent.Late _ -> late - lateBefore;
            case Agent.Cut _ -> resets - resetsBefore;
          };
      String what =
          switch (effect) {
            case Agent.Drop _ -> "%d pieces and dials withheld";
            case Agent.Hold _ -> "%d pieces and dials held until the end";
            case Agent.Late _ -> "%d pieces were late";
            case Agent.Cut _ -> "connections reset: %d";
          };
      return CompletableFuture.completedFuture(new Proof(count > 0, what.formatted(count)));
    }
  }
}
