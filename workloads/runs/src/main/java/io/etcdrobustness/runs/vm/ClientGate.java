package io.etcdrobustness.runs.vm;

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

  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final Scheduler scheduler;
  private final Map<String, Effect> effects = new LinkedHashMap<>();
  private final Set<Gated> connections = new LinkedHashSet<>();
  private final List<Runnable> held = new ArrayList<>();
  private List<CompletableFuture<Void>> waiting = List.of();
  private long withheld;
  private long late;
  private long resets;

  ClientGate(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  OngoingFault fault(String id, Effect effect) {
    return new AtGate(id, effect);
  }

  /**
   * Completes when the member next says something to a client, or a little later if it does not.
   */
  CompletionStage<Void> nextWord() {
    CompletableFuture<Void> word = new CompletableFuture<>();
    List<CompletableFuture<Void>> all = new ArrayList<>(waiting);
    all.add(word);
    waiting = List.copyOf(all);
    scheduler.after(PATIENCE, () -> word.complete(null));
    return word;
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
      List<CompletableFuture<Void>> told = waiting;
      waiting = List.of();
      told.forEach(word -> word.complete(null));
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
