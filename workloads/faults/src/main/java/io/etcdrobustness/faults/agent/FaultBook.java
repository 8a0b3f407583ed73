package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * What every agent that carries out faults itself keeps about them.
 *
 * <p>A fault is <em>beginning</em> → <em>in force</em> → <em>ending</em> → <em>ended</em>. It is
 * ended by {@link #heal}, {@link #healAll} or its own deadline, whichever is first; its proof is
 * kept for whoever asks later. An ending that fails can be asked for again. Processes and links are
 * touched at the edge, the book of faults is kept on the scheduler's loop.
 */
public final class FaultBook implements Agent {

  /** Proofs of ended faults that are kept; a run has some hundreds. */
  private static final int KEPT = 4_096;

  private final Scheduler scheduler;
  private final Maker maker;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Deque<String> ended = new ArrayDeque<>();

  /** Makes a fault, which has not begun, of a command. */
  @FunctionalInterface
  public interface Maker {
    /**
     * The fault.
     *
     * @throws IllegalArgumentException if there is no such fault here
     */
    OngoingFault fault(String id, Command command);
  }

  /** A book without entries. */
  public FaultBook(Scheduler scheduler, Maker maker) {
    this.scheduler = scheduler;
    this.maker = maker;
  }

  @Override
  public CompletionStage<Void> inject(String id, Command command, Duration length) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    scheduler.execute(() -> follow(injected(id, command, length).begun, answer));
    return answer;
  }

  @Override
  public CompletionStage<Proof> heal(String id) {
    CompletableFuture<Proof> answer = new CompletableFuture<>();
    scheduler.execute(() -> {
      Entry entry = entries.get(id);
      if (entry == null) {
        answer.complete(new Proof(false, "no fault " + id + " was injected here"));
      } else {
        follow(end(entry), answer);
      }
    });
    return answer;
  }

  @Override
  public CompletionStage<Void> healAll() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    scheduler.execute(() -> {
      List<CompletableFuture<Proof>> all = new ArrayList<>();
      for (Entry entry : List.copyOf(entries.values())) {
        all.add(end(entry));
      }
      follow(CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)), answer);
    });
    return answer;
  }

  private Entry injected(String id, Command command, Duration length) {
    Entry known = entries.get(id);
    if (known != null) {
      return known;
    }
    Entry entry = new Entry(id);
    entries.put(id, entry);
    CompletableFuture<Void> begun;
    try {
      entry.fault = Optional.of(maker.fault(id, command));
      begun = entry.fault.get().begin().toCompletableFuture();
    } catch (RuntimeException failure) {
      begun = CompletableFuture.failedFuture(failure);
    }
    CompletableFuture<Void> settled =
        begun.handleAsync(
            (nothing, failure) -> {
              if (failure == null) {
                entry.deadline = scheduler.after(length, () -> healItself(entry));
                entry.begun.complete(null);
              } else {
                String why = cause(failure).getMessage();
                keep(entry, new Proof(false, "it was not injected: " + why));
                entry.begun.completeExceptionally(cause(failure));
              }
              return null;
            },
            scheduler::execute);
    entry.settled = settled;
    return entry;
  }

  private void healItself(Entry entry) {
    // Who asks for the proof later also gets the failure, if there is one, and may try again.
    CompletableFuture<Proof> ending = end(entry);
    entry.lastEnding = Optional.of(ending);
  }

  private CompletableFuture<Proof> end(Entry entry) {
    if (entry.lastEnding.isPresent() && !entry.lastEnding.get().isCompletedExceptionally()) {
      return entry.lastEnding.get();
    }
    entry.deadline.cancel();
    CompletableFuture<Proof> ending =
        entry.settled.thenComposeAsync(nothing -> endSettled(entry), scheduler::execute);
    entry.lastEnding = Optional.of(ending);
    return ending;
  }

  private CompletionStage<Proof> endSettled(Entry entry) {
    if (entry.proof.isPresent()) {
      return CompletableFuture.completedFuture(entry.proof.get());
    }
    entry.deadline.cancel();
    return entry
        .fault
        .orElseThrow()
        .end()
        .thenApplyAsync(proof -> keep(entry, proof), scheduler::execute);
  }

  private Proof keep(Entry entry, Proof proof) {
    entry.proof = Optional.of(proof);
    ended.add(entry.id);
    if (ended.size() > KEPT) {
      entries.remove(ended.removeFirst());
    }
    return proof;
  }

  private static <T> void follow(CompletableFuture<? extends T> from, CompletableFuture<T> to) {
    var _ =
        from.whenComplete((value, failure) -> {
          if (failure == null) {
            to.complete(value);
          } else {
            to.completeExceptionally(cause(failure));
          }
        });
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }

  /** One fault in the book. */
  private static final class Entry {
    final String id;
    final CompletableFuture<Void> begun = new CompletableFuture<>();
    Optional<OngoingFault> fault = Optional.empty();
    Optional<CompletableFuture<Proof>> lastEnding = Optional.empty();
    Optional<Proof> proof = Optional.empty();
    CompletableFuture<Void> settled = new CompletableFuture<>();
    Scheduler.Timer deadline = () -> {};

    Entry(String id) {
      this.id = id;
    }
  }
}
