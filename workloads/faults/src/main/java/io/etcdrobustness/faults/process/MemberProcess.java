package io.etcdrobustness.faults.process;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A member's process, started again and again on the same disk.
 *
 * <p>States: <em>down</em> → {@link #start} → <em>running</em> ⇄ <em>stopped</em> ({@link #pause},
 * {@link #resume}) → exit seen → <em>down</em>. Every start, exit, pause and resumption is recorded
 * as a {@link MemberEvent}; an exit that nobody asked for is recorded as not expected.
 *
 * <p>The process is the child of a guard, a few lines of POSIX shell, which kills it when this Java
 * process is gone: {@code kill -9} of us leaves nothing behind. All methods may be called from any
 * thread and return at once.
 */
public final class MemberProcess implements AutoCloseable {

  private final String member;
  private final Guard guard;
  private final Scheduler scheduler;
  private final Recorder recorder;

  private final Object lock = new Object();
  private Optional<Incarnation> current = Optional.empty();
  private boolean closed;

  /**
   * A member that is down; its events go to {@code recorder} with the times of {@code scheduler}.
   */
  public MemberProcess(MemberCommand command, Scheduler scheduler, Recorder recorder) {
    this(command.member(), () -> command, scheduler, recorder);
  }

  /**
   * The same for a member that may be started another way each time, such as with another release
   * of etcd; on the same disk and with the same log.
   */
  public MemberProcess(
      String member, Supplier<MemberCommand> commands, Scheduler scheduler, Recorder recorder) {
    this(member, new ChildGuard(commands), scheduler, recorder);
  }

  /** The same for a member whose process is started by {@code guard}, wherever that is. */
  public MemberProcess(String member, Guard guard, Scheduler scheduler, Recorder recorder) {
    this.member = member;
    this.guard = guard;
    this.scheduler = scheduler;
    this.recorder = recorder;
  }

  /** The member's name. */
  public String member() {
    return member;
  }

  /**
   * Starts it.
   *
   * @return completes with the process once it has been started, which is long before it serves;
   *     exceptionally if it cannot be, or if it is not down
   */
  public CompletionStage<ProcessStatus> start() {
    Incarnation incarnation;
    synchronized (lock) {
      if (closed) {
        return failed("is closed, it is not started any more");
      }
      if (current.isPresent()) {
        return failed("is not down, it cannot be started");
      }
      incarnation = new Incarnation();
      current = Optional.of(incarnation);
    }
    Thread.ofPlatform().daemon().name("guard-of-" + member).start(() -> supervise(incarnation));
    return incarnation.started.copy();
  }

  /**
   * Sends SIGKILL, which also ends a stopped process.
   *
   * @return completes once the exit was seen; exceptionally if there is no process
   */
  public CompletionStage<Exit> kill() {
    return withRunning("SIGKILL", Incarnation::kill);
  }

  /**
   * Sends SIGSTOP. That it has taken effect is to be seen in {@link #status()}.
   *
   * @return completes once the signal was sent; exceptionally if there is no process
   */
  public CompletionStage<ProcessStatus> pause() {
    return withRunning("SIGSTOP", incarnation -> incarnation.pause());
  }

  /**
   * Sends SIGCONT.
   *
   * @return completes once the signal was sent; exceptionally if there is no process
   */
  public CompletionStage<ProcessStatus> resume() {
    return withRunning("SIGCONT", incarnation -> incarnation.resume());
  }

  /**
   * Ends it: SIGTERM, and SIGKILL if it is still there after {@code bound}. A stopped process is
   * continued first, since SIGTERM would wait for that.
   *
   * @return completes once it is down; at once if it is
   */
  public CompletionStage<Void> stop(Duration bound) {
    Optional<Incarnation> running;
    synchronized (lock) {
      running = current;
    }
    if (running.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Incarnation incarnation = running.get();
    return incarnation
        .started
        .handle((status, failure) -> failure == null)
        .thenCompose(started ->
            started
                ? incarnation.terminate(bound).thenAccept(exit -> {})
                : CompletableFuture.<Void>completedFuture(null));
  }

  /** What the kernel says of the process now; empty while it is down. */
  public Optional<ProcessStatus> status() {
    Optional<ProcessStatus> known;
    synchronized (lock) {
      known = current.flatMap(Incarnation::startedAs);
    }
    return known.flatMap(MemberProcess::sameProcess);
  }

  /**
   * Completes when the process that runs now, or is being started, has ended; at once if it is
   * down.
   */
  public CompletionStage<Void> ended() {
    synchronized (lock) {
      return current
          .map(incarnation -> incarnation.exited.<Void>handle((exit, failure) -> null))
          .orElseGet(() -> CompletableFuture.completedFuture(null));
    }
  }

  /** Kills it without waiting, for good: it cannot be started again. Idempotent. */
  @Override
  public void close() {
    Optional<Incarnation> running;
    synchronized (lock) {
      closed = true;
      running = current;
    }
    running.ifPresent(Incarnation::abandon);
  }

  private <T> CompletionStage<T> withRunning(
      String signal, java.util.function.Function<Incarnation, CompletionStage<T>> action) {
    Optional<Incarnation> running;
    synchronized (lock) {
      running = current;
    }
    return running
        .map(incarnation -> incarnation.started.thenCompose(status -> action.apply(incarnation)))
        .orElseGet(() -> failed("is down, " + signal + " was not sent"));
  }

  private <T> CompletableFuture<T> failed(String what) {
    return CompletableFuture.failedFuture(
        new IllegalStateException("member " + member + " " + what));
  }

  /** Runs on the incarnation's own thread, from the fork to the exit. */
  private void supervise(Incarnation incarnation) {
    GuardPipe pipe;
    try {
      pipe = guard.begin();
    } catch (IOException failure) {
      String why = failure.getMessage();
      neverStarted(incarnation, why == null ? failure.toString() : why, failure);
      return;
    }
    try (pipe) {
      Optional<String> stat = pipe.line();
      if (stat.isEmpty()) {
        neverStarted(
            incarnation,
            "its guard ended at once, see " + guard.log(),
            new IOException("no line came from it"));
        return;
      }
      ProcessStatus status;
      try {
        status = ProcessStatus.parse(stat.get());
      } catch (IllegalArgumentException failure) {
        neverStarted(
            incarnation, "/proc does not tell of it", new IOException("no stat line", failure));
        return;
      }
      try {
        Leftover.write(guard.pidFile(), status);
      } catch (IOException failure) {
        neverStarted(incarnation, "its process id cannot be written down: " + failure, failure);
        return;
      }
      running(incarnation, pipe, status);
      // Without a second line the guard was killed; closing the pipe makes its other half, which
      // holds the pipe too, kill the member.
      ended(incarnation, pipe, pipe.line().map(Integer::parseInt));
    } catch (IOException failure) {
      // Reading our end of a pipe does not fail while the guard lives.
      ended(incarnation, pipe, Optional.empty());
    }
  }

  private void neverStarted(Incarnation incarnation, String why, IOException cause) {
    synchronized (lock) {
      current = Optional.empty();
    }
    IllegalStateException failure =
        new IllegalStateException("member %s cannot be started: %s".formatted(member, why), cause);
    incarnation.started.completeExceptionally(failure);
    incarnation.exited.completeExceptionally(failure);
  }

  private void running(Incarnation incarnation, GuardPipe pipe, ProcessStatus status) {
    boolean abandoned;
    synchronized (lock) {
      incarnation.pipe = Optional.of(pipe);
      incarnation.startedAs = Optional.of(status);
      abandoned = closed;
    }
    event(MemberEvent.Kind.STARTED, "pid " + status.pid(), true);
    incarnation.started.complete(status);
    if (abandoned) {
      incarnation.abandon();
    }
  }

  private void ended(Incarnation incarnation, GuardPipe pipe, Optional<Integer> exitStatus) {
    ProcessStatus process = incarnation.startedAs.orElseThrow();
    boolean fromOutside = pipe.endedFromOutside(exitStatus.isEmpty());
    String why = fromOutside ? "; its container was ended" : "";
    boolean expected;
    synchronized (lock) {
      expected = incarnation.exitExpected || fromOutside;
    }
    // It is down only when its end is recorded: whoever sees it down may start it again.
    if (exitStatus.isPresent()) {
      Exit exit = new Exit(process, exitStatus.get());
      event(MemberEvent.Kind.EXITED, exit.inWords() + why, expected);
      down();
      incarnation.exited.complete(exit);
    } else {
      sameProcess(process)
          .flatMap(left -> ProcessHandle.of(left.pid()))
          .ifPresent(left -> left.destroyForcibly());
      String what =
          "the guard of pid " + process.pid() + " was killed, and so was the member" + why;
      event(MemberEvent.Kind.EXITED, what, expected);
      down();
      incarnation.exited.completeExceptionally(
          new IllegalStateException("member " + member + ": " + what));
    }
  }

  private void down() {
    synchronized (lock) {
      current = Optional.empty();
    }
  }

  private void event(MemberEvent.Kind kind, String detail, boolean expected) {
    recorder.record(new MemberEvent(member, kind, 0, 0, detail, expected, scheduler.now()));
  }

  private static Optional<ProcessStatus> sameProcess(ProcessStatus known) {
    return ProcessStatus.of(known.pid())
        .filter(now -> now.startTicks() == known.startTicks() && now.alive());
  }

  /** One life of the process. */
  private final class Incarnation {
    final CompletableFuture<ProcessStatus> started = new CompletableFuture<>();
    final CompletableFuture<Exit> exited = new CompletableFuture<>();
    Optional<GuardPipe> pipe = Optional.empty();
    Optional<ProcessStatus> startedAs = Optional.empty();
    boolean exitExpected;

    Optional<ProcessStatus> startedAs() {
      return startedAs;
    }

    CompletionStage<Exit> kill() {
      Optional<ProcessHandle> handle = expectExit();
      if (handle.isPresent() && !handle.get().destroyForcibly()) {
        return failed("did not take SIGKILL: not permitted, or it had just ended");
      }
      return exited.copy();
    }

    CompletionStage<Exit> terminate(Duration bound) {
      Optional<ProcessHandle> handle = expectExit();
      if (handle.isEmpty()) {
        return exited.copy();
      }
      Signal.CONT.send(handle.get().pid());
      if (!handle.get().destroy()) {
        return exited.copy();
      }
      Scheduler.Timer timer =
          scheduler.after(bound, () -> expectExit().ifPresent(ProcessHandle::destroyForcibly));
      return exited.whenComplete((exit, failure) -> timer.cancel());
    }

    CompletionStage<ProcessStatus> pause() {
      return signal(Signal.STOP, MemberEvent.Kind.PAUSED);
    }

    CompletionStage<ProcessStatus> resume() {
      return signal(Signal.CONT, MemberEvent.Kind.RESUMED);
    }

    void abandon() {
      synchronized (lock) {
        exitExpected = true;
        pipe.ifPresent(GuardPipe::release);
      }
    }

    private CompletionStage<ProcessStatus> signal(Signal signal, MemberEvent.Kind kind) {
      Optional<ProcessStatus> target = startedAs().flatMap(MemberProcess::sameProcess);
      if (target.isEmpty() || !signal.send(target.get().pid())) {
        return failed("has ended, SIG" + signal + " was not sent");
      }
      event(kind, "pid " + target.get().pid(), true);
      return CompletableFuture.completedFuture(target.get());
    }

    /** Whom to signal; from now on its exit is no surprise. Empty if it has ended by itself. */
    private Optional<ProcessHandle> expectExit() {
      synchronized (lock) {
        Optional<ProcessStatus> target = startedAs().flatMap(MemberProcess::sameProcess);
        if (target.isPresent()) {
          exitExpected = true;
        }
        return target.flatMap(process -> ProcessHandle.of(process.pid()));
      }
    }
  }
}
