package io.etcdrobustness.runs.vm;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** One member's process in the guest. Everything happens on the loop. */
final class GuestMember {

  static final int KILL = 9;
  static final int TERM = 15;
  static final int CONT = 18;
  static final int STOP = 19;

  private static final int SIGNAL_BITS = 0x7f;

  private static final Set<Integer> GONE = Set.of(Errno.NO_FILE, Errno.NO_PROCESS);

  private final int index;
  private final String name;
  private final Guest guest;
  private final Function<String, Launch> launches;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private String version;
  private final Set<Object> excuses = new LinkedHashSet<>();
  private final List<Integer> processes = new ArrayList<>();
  private Optional<Running> running = Optional.empty();
  private String lastEnd = "";
  private boolean diskThere = true;
  private long clockAhead;
  private boolean paused;

  /** How a member of a version is started. */
  record Launch(List<String> arguments, List<String> environment) {}

  /** A life of the process. */
  private static final class Running {
    final CompletableFuture<Integer> pid = new CompletableFuture<>();
    final CompletableFuture<Integer> ended = new CompletableFuture<>();
    boolean expected;
  }

  /** A member that is down. */
  GuestMember(
      int index,
      String version,
      Guest guest,
      Function<String, Launch> launches,
      Scheduler scheduler,
      Recorder recorder) {
    this.index = index;
    this.name = "m" + index;
    this.version = version;
    this.guest = guest;
    this.launches = launches;
    this.scheduler = scheduler;
    this.recorder = recorder;
    guest.onExit(index, this::exited);
  }

  int index() {
    return index;
  }

  String name() {
    return name;
  }

  String version() {
    return version;
  }

  /** Where it keeps its log, in the guest. */
  String log() {
    return "/log/" + name;
  }

  /** Where it keeps its data, in the guest. */
  String data() {
    return dataOf(index);
  }

  /** Where the member of this number keeps its data, in the guest. */
  static String dataOf(int index) {
    return "/data/" + index + "/etcd";
  }

  /** The numbers of all processes that it has been. */
  List<Integer> processes() {
    return List.copyOf(processes);
  }

  boolean isRunning() {
    return running.isPresent();
  }

  /** Whether it was stopped by a signal, and not continued since. */
  boolean isPaused() {
    return paused;
  }

  /** Starts it, if it is down; its process number. */
  CompletionStage<Integer> start() {
    if (running.isPresent()) {
      return running.get().pid;
    }
    if (!diskThere) {
      // On an empty folder it would begin as another member.
      return CompletableFuture.failedFuture(
          new IllegalStateException(name + " has no disk and was not started"));
    }
    Running life = new Running();
    running = Optional.of(life);
    Launch launch = launches.apply(version);
    var _ =
        guest
            .ask(seq ->
                new Command.Spawn(
                    seq, index, clockAhead, launch.arguments(), launch.environment(), log()))
            .whenComplete((bytes, failure) -> {
              if (failure != null) {
                running = Optional.empty();
                life.pid.completeExceptionally(failure);
                life.ended.complete(0);
                return;
              }
              int pid = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
              event(MemberEvent.Kind.STARTED, "pid " + pid, true);
              processes.add(pid);
              life.pid.complete(pid);
            });
    return life.pid;
  }

  /** Sends a signal. */
  CompletionStage<Void> signal(int signal) {
    if (running.isEmpty()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(name + " is down, signal " + signal + " was not sent"));
    }
    Running life = running.get();
    if (signal == KILL || signal == TERM) {
      life.expected = true;
    }
    return life.pid.thenCompose(pid ->
        guest
            .ask(seq -> new Command.Signal(seq, index, signal))
            .thenAccept(_ -> {
              if (signal == STOP || signal == CONT) {
                paused = signal == STOP;
                event(
                    signal == STOP ? MemberEvent.Kind.PAUSED : MemberEvent.Kind.RESUMED,
                    "pid " + pid,
                    true);
              }
            }));
  }

  /** Completes with its status when it has ended; at once if it is down. */
  CompletionStage<Integer> ended() {
    return running
        .<CompletionStage<Integer>>map(life -> life.ended)
        .orElseGet(() -> CompletableFuture.completedFuture(0));
  }

  /** Ends it in order, and by force after a while. */
  CompletionStage<Void> stop(Duration grace) {
    if (running.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Running life = running.get();
    Scheduler.Timer timer =
        scheduler.after(
            grace,
            () -> {
              if (!life.ended.isDone()) {
                var _ = signal(KILL);
              }
            });
    return signal(CONT)
        .thenCompose(_ -> signal(TERM))
        .thenCompose(_ -> life.ended)
        .thenAccept(_ -> timer.cancel());
  }

  /** Whether its disk is there; it is not started without. */
  void diskIsThere(boolean there) {
    diskThere = there;
  }

  /** Whether its disk is there. */
  boolean hasDisk() {
    return diskThere;
  }

  /** Has its monotonic clock show so much more, ns, from its next start on. */
  void shiftClock(long ahead) {
    clockAhead = ahead;
  }

  /** From now on an end by itself is {@code fault}'s doing. */
  void excuse(Object fault) {
    excuses.add(fault);
  }

  /** Takes an excuse back. */
  void accuse(Object fault) {
    excuses.remove(fault);
  }

  /** How it ended the last time, in words. */
  String lastEnd() {
    return lastEnd;
  }

  /** Has it run another version from its next start on. */
  void changeVersion(String next) {
    version = next;
  }

  /**
   * What the kernel tells of its process: a file in {@code /proc/PID}; empty if there is none, or
   * it ends while it is being looked at, as by another fault in the same moment.
   */
  CompletionStage<String> proc(String file) {
    if (running.isEmpty()) {
      return CompletableFuture.completedFuture("");
    }
    return running
        .get()
        .pid
        .thenCompose(pid -> guest.file("/proc/" + pid + "/" + file))
        .thenApply(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
        .exceptionallyCompose(failure ->
            RefusedException.errno(failure).filter(GONE::contains).isPresent()
                ? CompletableFuture.completedFuture("")
                : CompletableFuture.failedFuture(failure));
  }

  private void exited(int status) {
    if (running.isEmpty()) {
      return;
    }
    Running life = running.get();
    running = Optional.empty();
    paused = false;
    lastEnd = inWords(status);
    event(MemberEvent.Kind.EXITED, lastEnd, life.expected || !excuses.isEmpty());
    life.ended.complete(status);
  }

  /** Whether a status is that of a process that SIGKILL has ended. */
  static boolean killed(int status) {
    return (status & SIGNAL_BITS) == KILL;
  }

  /** A status in words. */
  static String inWords(int status) {
    int signal = status & SIGNAL_BITS;
    return signal == 0 ? "exit code " + (status >> 8 & 0xff) : "ended by signal " + signal;
  }

  private void event(MemberEvent.Kind kind, String detail, boolean expected) {
    recorder.record(new MemberEvent(name, kind, 0, 0, detail, expected, scheduler.now()));
  }
}
