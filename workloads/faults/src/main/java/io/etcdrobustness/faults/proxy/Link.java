package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
import io.etcdrobustness.faults.Agent.Proof;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All connections of a proxy to one peer: their two wires, the effects on them, and what became of
 * each effect. Safe for threads.
 */
final class Link {

  private record InForce(Effect effect, Half half, AtomicLong resets, AtomicLong dials) {}

  private final String name;
  private final Scheduler scheduler;
  private final Wire outbound;
  private final Wire inbound;
  private final Set<Tunnel> tunnels = ConcurrentHashMap.newKeySet();
  private final Map<String, InForce> effects = new HashMap<>();

  Link(String name, Scheduler scheduler) {
    this.name = name;
    this.scheduler = scheduler;
    this.outbound = new Wire(scheduler);
    this.inbound = new Wire(scheduler);
  }

  /** Takes over a connection. */
  void connect(Socket near, Socket far) {
    Tunnel tunnel = new Tunnel(near, far, outbound, inbound, scheduler, tunnels::remove);
    tunnels.add(tunnel);
    tunnel.start();
  }

  /** Somebody dials. */
  synchronized void dialled() {
    effects.values().forEach(effect -> effect.dials.incrementAndGet());
  }

  /** Number of connections that are open. */
  int connections() {
    return tunnels.size();
  }

  void begin(String id, Half half, Effect effect) {
    InForce inForce = new InForce(effect, half, new AtomicLong(), new AtomicLong());
    synchronized (this) {
      if (effects.putIfAbsent(id, inForce) != null) {
        return;
      }
    }
    if (half != Half.INBOUND) {
      outbound.begin(id, effect);
    }
    if (half != Half.OUTBOUND) {
      inbound.begin(id, effect);
    }
    if (effect instanceof Cut cut) {
      cut(id, inForce, cut.every());
    }
  }

  private void cut(String id, InForce inForce, Duration every) {
    synchronized (this) {
      if (effects.get(id) != inForce) {
        return;
      }
    }
    for (Tunnel tunnel : List.copyOf(tunnels)) {
      if (tunnel.reset()) {
        inForce.resets.incrementAndGet();
      }
    }
    scheduler.after(every, () -> cut(id, inForce, every));
  }

  Proof end(String id) {
    InForce ended;
    synchronized (this) {
      ended = effects.remove(id);
    }
    if (ended == null) {
      return new Proof(false, name + ": it was not in force");
    }
    Wire.Measure out = outbound.end(id);
    Wire.Measure in = inbound.end(id);
    if (ended.effect instanceof Drop && !outbound.isDropping() && !inbound.isDropping()) {
      List.copyOf(tunnels).stream().filter(Tunnel::isTorn).forEach(Tunnel::close);
    }
    return proof(ended, out, in);
  }

  private Proof proof(InForce ended, Wire.Measure out, Wire.Measure in) {
    long forwarded = out.forwarded + in.forwarded;
    long dials = ended.dials.get();
    return switch (ended.effect) {
      case Drop _ -> {
        long dropped = out.dropped + in.dropped;
        yield new Proof(
            forwarded == 0 && (dropped > 0 || dials > 0),
            "%s: %d bytes withheld, %d passed, %d dials"
                .formatted(name, dropped, forwarded, dials));
      }
      case Hold _ -> {
        long held = out.held + in.held;
        yield new Proof(
            forwarded == 0 && held > 0,
            "%s: %d bytes held back, %d passed".formatted(name, held, forwarded));
      }
      case Cut _ ->
          new Proof(
              ended.resets.get() > 0,
              "%s: %d connections reset".formatted(name, ended.resets.get()));
      case Late late -> {
        long most = Math.max(out.mostDelay, in.mostDelay);
        long wanted = late.latency().minus(late.jitter()).toNanos() * 8 / 10;
        yield new Proof(
            most >= wanted && most > 0,
            "%s: chunks up to %.0f ms late".formatted(name, most / 1e6));
      }
    };
  }

  void close() {
    List.copyOf(tunnels).forEach(Tunnel::close);
  }
}
