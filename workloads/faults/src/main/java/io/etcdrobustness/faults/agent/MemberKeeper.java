package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.faults.process.Leftover;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.process.PodFolder;
import io.etcdrobustness.faults.process.ProcessStatus;
import io.etcdrobustness.faults.process.SupervisedGuard;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Keeps the member of a pod as its holder wants it.
 *
 * <p>That it is wanted is written down beside its command line, so an agent that is started again
 * knows. What it should be: running if it is wanted and no kill is in force, else down. Whenever it
 * is down and should not be, it is started again {@link #AGAIN} later, and again, as long as its
 * disk is not empty. Everything here runs on the agent's loop.
 */
final class MemberKeeper implements MemberControl, AutoCloseable {

  /** Between an end, or a start that failed, and the next start. */
  static final Duration AGAIN = Duration.ofSeconds(1);

  /** With the member's container. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String PROGRAM = "etcd";

  private final Scheduler scheduler;
  private final SupervisedGuard guard;
  private final MemberProcess process;
  private final PodFolder folder;
  private final Path data;
  private final Map<String, String> environment;
  private final Consumer<String> log;
  private final MemberFaults faults;
  private Optional<CompletableFuture<ProcessStatus>> starting = Optional.empty();
  private List<String> startedAs = List.of();
  private Scheduler.Timer again = () -> {};
  private boolean closed;

  /**
   * A member that is down; {@link #begin} may change that.
   *
   * @param place where it lives
   * @param environment of the member, in addition to its container's
   * @param recorder is told of its events
   * @param log is told, in words, of starts that failed
   */
  MemberKeeper(
      String member,
      AgentOptions.Supervised place,
      Map<String, String> environment,
      Scheduler scheduler,
      Recorder recorder,
      Consumer<String> log) {
    this.scheduler = scheduler;
    this.folder = place.folder();
    this.data = place.data();
    this.environment = Map.copyOf(environment);
    this.log = log;
    this.guard = new SupervisedGuard(folder, scheduler, PATIENCE);
    this.process =
        new MemberProcess(
            member,
            guard,
            scheduler,
            entry -> {
              recorder.record(entry);
              if (entry instanceof MemberEvent event && event.kind() == MemberEvent.Kind.EXITED) {
                scheduler.execute(this::startAgainSoon);
              }
            });
    this.faults = new MemberFaults(scheduler, process, this::restarted);
  }

  /** The faults of the member, which end in its restart only if it is wanted. */
  MemberFaults faults() {
    return faults;
  }

  /**
   * The agent begins: a member that was wanted before it, and has its disk, is started.
   *
   * @return completes once nothing is left of what an earlier agent started, with what was found,
   *     in words
   */
  CompletionStage<Optional<String>> begin() {
    CompletionStage<Optional<String>> swept = Leftover.sweep(process.member(), guard.pidFile());
    return swept.thenApply(found -> {
      scheduler.execute(this::startIfMissed);
      return found;
    });
  }

  /**
   * The agent ends, and the member with it; what it was to be stays written down.
   *
   * @return completes once it is down
   */
  CompletionStage<Void> end(Duration grace) {
    return onLoop(() -> {
      closed = true;
      again.cancel();
      return process.stop(grace).toCompletableFuture();
    });
  }

  /** Kills it without waiting, for good. */
  @Override
  public void close() {
    process.close();
  }

  @Override
  public CompletionStage<Void> start(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(PROGRAM));
    command.addAll(arguments);
    return onLoop(() -> started(command));
  }

  @Override
  public CompletionStage<Void> stop(Duration grace) {
    return onLoop(() -> {
      again.cancel();
      folder.forget();
      return process.stop(grace).toCompletableFuture();
    });
  }

  @Override
  public CompletionStage<State> state() {
    return onLoop(() ->
        CompletableFuture.completedFuture(
            new State(
                process.status().map(ProcessStatus::pid),
                folder.command().isPresent(),
                diskEmpty())));
  }

  private CompletableFuture<Void> started(List<String> command) throws IOException {
    boolean runs = starting.isPresent() || process.status().isPresent();
    if (runs && !startedAs.equals(command)) {
      throw new IllegalStateException(
          "member %s runs with other arguments: stop it first".formatted(process.member()));
    }
    folder.write(command, environment);
    return faults.keepDown()
        ? CompletableFuture.completedFuture(null)
        : running().thenApply(status -> null);
  }

  /** At the end of a kill. */
  private CompletionStage<Optional<ProcessStatus>> restarted() {
    try {
      if (folder.command().isEmpty()) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      if (diskEmpty()) {
        throw new IllegalStateException(leftToTheHolder());
      }
    } catch (IOException failure) {
      return CompletableFuture.failedFuture(failure);
    }
    return running().thenApply(Optional::of);
  }

  private void startAgainSoon() {
    again.cancel();
    again = scheduler.after(AGAIN, this::startIfMissed);
  }

  private void startIfMissed() {
    try {
      boolean missed =
          !closed
              && !faults.keepDown()
              && process.status().isEmpty()
              && folder.command().isPresent();
      if (missed && diskEmpty()) {
        log.accept(leftToTheHolder());
      } else if (missed) {
        var _ = running();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("it is not known whether the member is wanted", failure);
    }
  }

  private String leftToTheHolder() {
    return "the disk of member %s is empty (%s): its agent does not start it, its holder may"
        .formatted(process.member(), data);
  }

  /** Has it running: as it is, as it is being started, or started now. */
  private CompletableFuture<ProcessStatus> running() {
    Optional<ProcessStatus> status = process.status();
    if (status.isPresent()) {
      return CompletableFuture.completedFuture(status.get());
    }
    if (starting.isPresent()) {
      return starting.get();
    }
    again.cancel();
    CompletableFuture<ProcessStatus> start = new CompletableFuture<>();
    try {
      startedAs = folder.command().orElse(List.of());
    } catch (IOException failure) {
      return CompletableFuture.failedFuture(failure);
    }
    starting = Optional.of(start);
    var _ =
        faults
            .start()
            .whenCompleteAsync(
                (started, failure) -> {
                  starting = Optional.empty();
                  if (failure == null) {
                    start.complete(started);
                  } else {
                    Throwable cause = cause(failure);
                    log.accept(String.valueOf(cause.getMessage()));
                    startAgainSoon();
                    start.completeExceptionally(cause);
                  }
                },
                scheduler::execute);
    return start;
  }

  private boolean diskEmpty() throws IOException {
    if (!Files.isDirectory(data)) {
      return true;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data)) {
      return !files.iterator().hasNext();
    }
  }

  private <T> CompletableFuture<T> onLoop(Call<T> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    scheduler.execute(() -> {
      CompletableFuture<T> called;
      try {
        called = call.call();
      } catch (IOException | RuntimeException failure) {
        called = CompletableFuture.failedFuture(failure);
      }
      var _ =
          called.whenComplete((value, failure) -> {
            if (failure == null) {
              answer.complete(value);
            } else {
              answer.completeExceptionally(cause(failure));
            }
          });
    });
    return answer;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }

  /** What is done on the loop. */
  private interface Call<T> {
    CompletableFuture<T> call() throws IOException;
  }
}
