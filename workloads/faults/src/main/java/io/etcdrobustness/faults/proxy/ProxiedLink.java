package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * All connections from one dialler to one destination, and the faults on them.
 *
 * <p>Faults on one link compose. Of those that act on bytes the most severe is in force on each
 * way: drop, then hold, then the longest latency. Cuts act on whole connections, beside the others.
 * A fault that was overshadowed all the time has nothing measured, and so is not confirmed.
 *
 * <p>A new connection needs both ways, as TCP's handshake does: while one of them is dropped or
 * held, dials wait; they are made when that ends.
 *
 * <p>{@link #begin}, {@link #end} and {@link #counters} may be called from any thread.
 */
public final class ProxiedLink {

  private final String name;
  private final ProxyLoop loop;
  private final Map<String, ActiveFault> faults = new LinkedHashMap<>();
  private final Set<Tunnel> tunnels = new LinkedHashSet<>();
  private final Map<Way, Gate> gates = new EnumMap<>(Way.class);
  private final Map<Way, Long> forwarded = new EnumMap<>(Way.class);
  private final Map<Way, Long> withheld = new EnumMap<>(Way.class);
  private long dials;
  private long connections;

  ProxiedLink(String name, ProxyLoop loop) {
    this.name = name;
    this.loop = loop;
    computeGates();
  }

  /**
   * Begins a fault.
   *
   * @param id for {@link #end}; beginning it twice is the same as once
   * @return completes when it is in force; exceptionally if it makes no sense
   */
  public CompletionStage<Void> begin(String id, Half half, Effect effect) {
    return onLoop(
            () -> {
              if (!faults.containsKey(id)) {
                ActiveFault fault = new ActiveFault(half, checked(effect));
                faults.put(id, fault);
                applyGates();
                if (effect instanceof Cut cut) {
                  cut(fault, cut);
                }
              }
              return List.of();
            })
        .thenAccept(done -> {});
  }

  /**
   * Ends a fault; bytes that it held are delivered, connections that lost bytes are reset.
   *
   * @return what was measured of it; exceptionally if it is not in force
   */
  public CompletionStage<Measured> end(String id) {
    return onLoop(() -> {
      ActiveFault fault = faults.remove(id);
      if (fault == null) {
        throw new IllegalStateException("no fault " + id + " is in force on " + name);
      }
      fault.timer.cancel();
      computeGates();
      if (fault.effect instanceof Hold) {
        for (Tunnel tunnel : List.copyOf(tunnels)) {
          fault.delivered += tunnel.deliverHeld(fault.half);
        }
      }
      applyGates();
      return fault.measured();
    });
  }

  /** What it has carried so far. */
  public CompletionStage<LinkCounters> counters() {
    return onLoop(
        () -> new LinkCounters(dials, connections, bytes(Way.OUTBOUND), bytes(Way.INBOUND)));
  }

  Gate gate(Way way) {
    return gates.getOrDefault(way, new Gate.Open());
  }

  /** Whether no handshake would come to an end now. */
  boolean refusesDials() {
    return gates.values().stream()
        .anyMatch(gate -> gate instanceof Gate.Dropped || gate instanceof Gate.Held);
  }

  void dialled(Tunnel tunnel) {
    dials++;
    tunnels.add(tunnel);
  }

  void connected() {
    connections++;
  }

  void closed(Tunnel tunnel) {
    tunnels.remove(tunnel);
  }

  void dialWithheld() {
    for (ActiveFault fault : faults.values()) {
      if (fault.effect instanceof Drop || fault.effect instanceof Hold) {
        fault.dialsWithheld++;
      }
    }
  }

  void forwarded(Way way, long bytes) {
    forwarded.merge(way, bytes, Long::sum);
    covering(way).forEach(fault -> fault.forwarded += bytes);
  }

  void withheld(Way way, long bytes) {
    withheld.merge(way, bytes, Long::sum);
    for (ActiveFault fault : covering(way)) {
      if (fault.effect instanceof Drop) {
        fault.withheld += bytes;
      }
    }
  }

  void held(Way way, long bytes) {
    for (ActiveFault fault : covering(way)) {
      if (fault.effect instanceof Hold) {
        fault.held += bytes;
      }
    }
  }

  private Collection<ActiveFault> covering(Way way) {
    return faults.values().stream().filter(fault -> way.coveredBy(fault.half)).toList();
  }

  private LinkCounters.Bytes bytes(Way way) {
    return new LinkCounters.Bytes(forwarded.getOrDefault(way, 0L), withheld.getOrDefault(way, 0L));
  }

  private void cut(ActiveFault fault, Cut cut) {
    for (Tunnel tunnel : List.copyOf(tunnels)) {
      if (tunnel.reset()) {
        fault.resets++;
      }
    }
    fault.timer =
        loop.after(
            cut.every(),
            () -> {
              if (faults.containsValue(fault)) {
                cut(fault, cut);
              }
            });
  }

  private void applyGates() {
    computeGates();
    for (Tunnel tunnel : List.copyOf(tunnels)) {
      tunnel.gatesChanged();
    }
  }

  private void computeGates() {
    for (Way way : Way.values()) {
      Gate most = new Gate.Open();
      for (ActiveFault fault : covering(way)) {
        most = moreSevere(most, fault);
      }
      gates.put(way, most);
    }
  }

  private static Gate moreSevere(Gate gate, ActiveFault fault) {
    return switch (fault.effect) {
      case Drop drop -> new Gate.Dropped();
      case Hold hold -> gate instanceof Gate.Dropped ? gate : new Gate.Held();
      case Late late ->
          switch (gate) {
            case Gate.Open open -> new Gate.Late(fault);
            case Gate.Late other ->
                latency(other.fault()).compareTo(late.latency()) >= 0
                    ? other
                    : new Gate.Late(fault);
            case Gate.Held held -> held;
            case Gate.Dropped dropped -> dropped;
          };
      case Cut cut -> gate;
    };
  }

  private static Duration latency(ActiveFault fault) {
    return fault.effect instanceof Late late ? late.latency() : Duration.ZERO;
  }

  private static Effect checked(Effect effect) {
    boolean sound =
        switch (effect) {
          case Drop drop -> true;
          case Hold hold -> true;
          case Cut cut -> cut.every().isPositive();
          case Late late -> late.latency().isPositive() && !late.jitter().isNegative();
        };
    if (!sound) {
      throw new IllegalArgumentException(
          effect + " makes no sense: latency and interval must be positive, jitter not negative");
    }
    return effect;
  }

  private <T> CompletableFuture<T> onLoop(java.util.function.Supplier<T> action) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        answer.complete(action.get());
      } catch (RuntimeException failure) {
        answer.completeExceptionally(failure);
      }
    });
    return answer;
  }
}
