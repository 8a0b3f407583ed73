package io.etcdrobustness.runs.vm;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Steps of several faults at one member: none begins before the one before it has ended. */
final class InTurn {

  private CompletionStage<?> last = CompletableFuture.completedFuture(null);

  <T> CompletionStage<T> run(Supplier<CompletionStage<T>> step) {
    CompletionStage<T> mine = last.handle((_, _) -> null).thenCompose(_ -> step.get());
    last = mine;
    return mine;
  }
}
