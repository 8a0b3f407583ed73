package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.engine.Scheduler.Timer;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An agent in the process that asks for the faults.
 *
 * <p>Every fault has a timer that ends it; asking for its end earlier or later gives the same
 * proof. Faults on the process stack: it goes on when the last pause has ended, and is started
 * again when the last kill has ended. Safe to be called from several threads.
 */
public final class LocalAgent implements Agent {

  /** Time after a fault's length by which it ends by itself; before, its driver will have asked. */
  private static final Duration GRACE = Duration.ofMillis(500);

  /** Ended faults whose proof is kept for whoever asks late. */
  private static final int REMEMBERED = 1000;

  private final Scheduler scheduler;
  private final MemberProcess process;
  private final Optional<PeerProxy> peers;
  private final ClientProxy clients;
  private final Map<String, Active> active = new LinkedHashMap<>();
  private final Map<String, CompletionStage<Proof>> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompletionStage<Proof>> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Active(
      Command command, long start, Timer deadline, CompletionStage<Boolean> took) {}

  /**
   * An agent of a member.
   *
   * @param peers absent if the member dials its peers directly: links cannot be faulted then
   */
  public LocalAgent(
      Scheduler scheduler, MemberProcess process, Optional<PeerProxy> peers, ClientProxy clients) {
    this.scheduler = scheduler;
    this.process = process;
    this.peers = peers;
    this.clients = clients;
  }

  @Override
  public synchronized CompletionStage<Void> inject(String id, Command command, Duration length) {
    if (active.containsKey(id) || ended.containsKey(id)) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      CompletionStage<Boolean> took = begin(id, command);
      Timer deadline = scheduler.after(length.plus(GRACE), () -> heal(id));
      active.put(id, new Active(command, scheduler.now(), deadline, took));
      return took.thenApply(_ -> null);
    } catch (IOException | IllegalArgumentException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private CompletionStage<Boolean> begin(String id, Command command) throws IOException {
    return switch (command) {
      case Kill _ -> process.kill();
      case Pause _ -> CompletableFuture.completedFuture(process.pause() && process.isStopped());
      case Clients faulted -> {
        clients.begin(id, faulted.effect());
        yield CompletableFuture.completedFuture(true);
      }
      case Agent.Link link -> {
        peers
            .orElseThrow(
                () -> new IOException("this member dials its peers directly, past any proxy"))
            .begin(id, link.peer(), link.half(), link.effect());
        yield CompletableFuture.completedFuture(true);
      }
    };
  }

  @Override
  public synchronized CompletionStage<Proof> heal(String id) {
    CompletionStage<Proof> before = ended.get(id);
    if (before != null) {
      return before;
    }
    Active fault = active.remove(id);
    if (fault == null) {
      return CompletableFuture.completedFuture(new Proof(false, "it never began"));
    }
    fault.deadline.cancel();
    CompletionStage<Proof> proof;
    try {
      proof = end(id, fault);
    } catch (IOException failure) {
      proof = CompletableFuture.failedFuture(failure);
    }
    ended.put(id, proof);
    return proof;
  }

  private CompletionStage<Proof> end(String id, Active fault) throws IOException {
    return switch (fault.command) {
      case Kill _ -> fault.took.thenApply(killed -> startAgain(killed));
      case Pause _ -> CompletableFuture.completedFuture(resume(fault));
      case Clients _ -> CompletableFuture.completedFuture(clients.end(id));
      case Agent.Link link ->
          CompletableFuture.completedFuture(
              peers.map(proxy -> proxy.end(id, link.peer())).orElse(new Proof(false, "no proxy")));
    };
  }

  private synchronized Proof startAgain(boolean killed) {
    if (!any(Kill.class)) {
      try {
        process.start();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
    return new Proof(
        killed,
        killed
            ? "ended by signal 9, runs again as pid "
                + process.pid().map(Object::toString).orElse("?")
            : "it was not running, or ended by something else than the signal");
  }

  private Proof resume(Active fault) throws IOException {
    boolean stopped = process.isStopped();
    if (!any(Pause.class)) {
      process.resume();
    }
    return new Proof(
        stopped,
        "pid %s was in state %s for %.1f s"
            .formatted(
                process.pid().map(Object::toString).orElse("?"),
                stopped ? "T" : "other than T",
                (scheduler.now() - fault.start) / 1e9));
  }

  private boolean any(Class<? extends Command> kind) {
    return active.values().stream().anyMatch(fault -> kind.isInstance(fault.command));
  }

  @Override
  public synchronized CompletionStage<Void> healAll() {
    return CompletableFuture.allOf(
        List.copyOf(active.keySet()).stream()
            .map(id -> heal(id).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }
}
