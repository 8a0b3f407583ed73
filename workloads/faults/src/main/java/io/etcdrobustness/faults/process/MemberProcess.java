package io.etcdrobustness.faults.process;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.MemberEvent.Kind;
import io.etcdrobustness.history.Recorder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The process of one member, which may be started, killed, stopped and started again on the same
 * disk.
 *
 * <p>Each life of it runs under a guard, a shell of a few lines that kills it as soon as this
 * process is gone, whatever this process died of. Every change is recorded as a {@link
 * MemberEvent}. Safe to be called from several threads.
 */
public final class MemberProcess {

  private static final Duration START = Duration.ofSeconds(10);
  private static final Duration TERMINATE = Duration.ofSeconds(5);
  private static final int KILLED = 128 + 9;

  private final String member;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final String version;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private @Nullable Life life;

  /** One life of the process: from a start to its exit. */
  private static final class Life {
    final Process guard;
    final long pid;
    final long startTime;
    final CompletableFuture<Integer> exit = new CompletableFuture<>();
    boolean exitExpected;

    Life(Process guard, long pid, long startTime) {
      this.guard = guard;
      this.pid = pid;
      this.startTime = startTime;
    }
  }

  /**
   * A member that is not running.
   *
   * @param command the program and its arguments
   * @param environment variables on top of ours
   * @param log what it prints is appended there
   * @param version recorded with each start
   */
  public MemberProcess(
      String member,
      List<String> command,
      Map<String, String> environment,
      Path log,
      String version,
      Scheduler scheduler,
      Recorder recorder) {
    this.member = member;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.log = log;
    this.version = version;
    this.scheduler = scheduler;
    this.recorder = recorder;
  }

  /**
   * Starts it; does nothing if it runs.
   *
   * @throws IOException if it cannot be started
   */
  public synchronized void start() throws IOException {
    if (isRunning()) {
      return;
    }
    List<String> line = new ArrayList<>();
    // A session of its own: Ctrl-C in our terminal is for us, we end the members in order.
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      line.add("/usr/bin/setsid");
    }
    line.addAll(List.of("/bin/sh", "-c", guardScript(), "guard", log.toString()));
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process guard = builder.start();
    BufferedReader told = guard.inputReader(StandardCharsets.ISO_8859_1);
    CompletableFuture<String> first = new CompletableFuture<>();
    Life begun;
    Thread.ofVirtual().name("guard-of-" + member).start(() -> listen(told, first));
    try {
      String answer = first.get(START.toMillis(), TimeUnit.MILLISECONDS);
      long pid = Long.parseLong(answer.substring("pid ".length()));
      long startTime = ProcStat.of(pid).map(ProcStat::startTime).orElse(0L);
      begun = new Life(guard, pid, startTime);
    } catch (ExecutionException | TimeoutException | InterruptedException broken) {
      guard.destroyForcibly();
      if (broken instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new IOException(member + " cannot be started: " + broken + "; see " + log, broken);
    }
    life = begun;
    record(Kind.STARTED, version + ", pid " + begun.pid, true);
    Thread.ofVirtual().name("exit-of-" + member).start(() -> awaitExit(begun, told));
  }

  private static void listen(BufferedReader told, CompletableFuture<String> first) {
    try {
      String line = told.readLine();
      if (line == null) {
        first.completeExceptionally(new IOException("the guard ended without a word"));
      } else {
        first.complete(line);
      }
    } catch (IOException broken) {
      first.completeExceptionally(broken);
    }
  }

  private void awaitExit(Life ended, BufferedReader told) {
    int status = -1;
    try {
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        if (line.startsWith("exit ")) {
          status = Integer.parseInt(line.substring("exit ".length()));
        }
      }
    } catch (IOException closed) {
      // The guard was ended with the cluster; the status stays unknown, and is said to be.
      status = -1;
    }
    synchronized (this) {
      record(Kind.EXITED, exitInWords(status), ended.exitExpected);
    }
    ended.exit.complete(status);
  }

  private static String exitInWords(int status) {
    return status < 0
        ? "ended with its guard"
        : status > 128 ? "ended by signal " + (status - 128) : "exit code " + status;
  }

  /** Whether it runs, stopped or not. */
  public synchronized boolean isRunning() {
    return life != null && !life.exit.isDone();
  }

  /** Its process id; empty if it does not run. */
  public synchronized Optional<Long> pid() {
    return life != null && !life.exit.isDone() ? Optional.of(life.pid) : Optional.empty();
  }

  /** Whether the kernel says that it is stopped. */
  public synchronized boolean isStopped() throws IOException {
    Life now = life;
    return now != null
        && !now.exit.isDone()
        && ProcStat.of(now.pid)
            .filter(stat -> stat.startTime() == now.startTime)
            .map(ProcStat::isStopped)
            .orElse(false);
  }

  /**
   * SIGKILL.
   *
   * @return completes when it has ended: true if the signal was what ended it
   */
  public synchronized CompletionStage<Boolean> kill() throws IOException {
    if (life == null || life.exit.isDone()) {
      return CompletableFuture.completedFuture(false);
    }
    life.exitExpected = true;
    signal(Signal.KILL);
    return life.exit.thenApply(status -> status == KILLED);
  }

  /** SIGSTOP; false if it does not run. */
  public synchronized boolean pause() throws IOException {
    boolean done = signal(Signal.STOP);
    if (done) {
      record(Kind.PAUSED, "SIGSTOP", true);
    }
    return done;
  }

  /** SIGCONT; false if it does not run. */
  public synchronized boolean resume() throws IOException {
    boolean done = signal(Signal.CONT);
    if (done) {
      record(Kind.RESUMED, "SIGCONT", true);
    }
    return done;
  }

  /** Ends it for good: SIGTERM, and SIGKILL if that takes too long; waits until it has ended. */
  public void end() throws IOException, InterruptedException {
    Life ending;
    synchronized (this) {
      if (life == null || life.exit.isDone()) {
        return;
      }
      ending = life;
      ending.exitExpected = true;
      signal(Signal.CONT);
      signal(Signal.TERM);
    }
    try {
      ending.exit.get(TERMINATE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      synchronized (this) {
        signal(Signal.KILL);
      }
      try {
        ending.exit.get(TERMINATE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException stuck) {
        throw new IOException(
            member + " (pid " + ending.pid + ") does not end by SIGKILL: is its disk stuck?",
            stuck);
      }
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
    ending.guard.destroy();
  }

  private boolean signal(Signal signal) throws IOException {
    if (life == null || life.exit.isDone()) {
      return false;
    }
    // The pid may belong to somebody else by now: the start time tells.
    Optional<ProcStat> stat = ProcStat.of(life.pid);
    return stat.isPresent() && stat.get().startTime() == life.startTime && signal.sendTo(life.pid);
  }

  private void record(Kind kind, String detail, boolean expected) {
    recorder.record(new MemberEvent(member, kind, 0, 0, detail, expected, scheduler.now()));
  }

  private static String guardScript() {
    try (InputStream in = MemberProcess.class.getResourceAsStream("guard.sh")) {
      if (in == null) {
        throw new IllegalStateException("guard.sh is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new IllegalStateException("guard.sh cannot be read from the jar", broken);
    }
  }
}
