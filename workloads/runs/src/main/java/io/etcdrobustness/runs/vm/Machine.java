package io.etcdrobustness.runs.vm;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.ClusterLostException;
import io.etcdrobustness.runs.LogEnd;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The kernel's process, and the turns that are taken with it.
 *
 * <p>Between two turns the guest works, and this side waits; code in the guest that spins without
 * ever giving up its one processor would make that last for ever, so a turn has a bound, in
 * processor time of the guest, which does not depend on who else uses this machine.
 */
final class Machine implements AutoCloseable {

  /** The longest turn of a sound run takes a second or two: an election among idle members. */
  private static final Duration TURN = Duration.ofSeconds(60);

  private static final int LONGEST = 64 << 20;

  private final Process process;
  private final Path console;
  private final Duration bound;
  private final DataInputStream in;
  private final OutputStream out;
  private final Identity identity = new Identity();
  private final Thread watch;
  private final AtomicLong turns = new AtomicLong();
  private volatile boolean hung;

  /** Starts the kernel, whose turns are bounded as those of sound runs allow it. */
  static Machine start(
      List<String> command, Map<String, String> environment, Path directory, Path console)
      throws IOException {
    return start(command, environment, directory, console, TURN);
  }

  /**
   * Starts the kernel.
   *
   * @param command its program and arguments, the same in all runs of a seed
   * @param environment added to nothing else
   * @param directory to run in
   * @param console gets what the kernel prints
   * @param bound of a turn, of processor time
   */
  static Machine start(
      List<String> command,
      Map<String, String> environment,
      Path directory,
      Path console,
      Duration bound)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectError(console.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new Machine(builder.start(), console, bound);
  }

  private Machine(Process process, Path console, Duration bound) {
    this.process = process;
    this.console = console;
    this.bound = bound;
    this.in = new DataInputStream(process.getInputStream());
    this.out = process.getOutputStream();
    this.watch = Thread.ofPlatform().daemon().name("machine-watch").start(this::watch);
  }

  /**
   * Waits for the guest's next turn.
   *
   * @throws ClusterLostException if there will be none
   */
  Turns.Said listen() throws ClusterLostException {
    try {
      byte[] length = in.readNBytes(Integer.BYTES);
      if (length.length < Integer.BYTES) {
        throw new EOFException("it has ended");
      }
      int bytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (bytes < 0 || bytes > LONGEST) {
        throw new IOException("a turn of " + bytes + " bytes");
      }
      byte[] turn = in.readNBytes(bytes);
      if (turn.length < bytes) {
        throw new EOFException("it has ended within a turn");
      }
      identity.said(turn);
      return Turns.read(turn);
    } catch (IOException failure) {
      throw ended(failure);
    }
  }

  /** Answers the guest's turn, whose next one begins with that. */
  void answer(long wakeAt, List<Command> commands) throws ClusterLostException {
    byte[] turn = Turns.write(wakeAt, commands);
    identity.answered(turn);
    turns.incrementAndGet();
    try {
      out.write(
          ByteBuffer.allocate(Integer.BYTES + turn.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(turn.length)
              .put(turn)
              .array());
      out.flush();
    } catch (IOException failure) {
      throw ended(failure);
    }
  }

  Identity identity() {
    return identity;
  }

  /** Whether it was ended because a turn did not end. */
  boolean hung() {
    return hung;
  }

  private ClusterLostException ended(IOException failure) {
    kill();
    return hung
        ? new ClusterLostException(
            Verdict.INCONCLUSIVE,
            "the machine was ended: it used %d s of processor time within one turn; a program in it spins, which its"
                    .formatted(bound.toSeconds())
                + " one processor never ends (docs/vm.md)",
            failure)
        : new ClusterLostException(
            Verdict.ERROR,
            "the machine has ended: %s; its console said:\n%s"
                .formatted(failure.getMessage(), LogEnd.of(console)),
            failure);
  }

  /** Looks from time to time; a turn that it sees twice has lasted since it was first seen. */
  private void watch() {
    long seen = turns.get();
    Duration since = processorTime();
    try {
      while (!process.waitFor(1, TimeUnit.SECONDS)) {
        Duration now = processorTime();
        if (turns.get() != seen) {
          seen = turns.get();
          since = now;
        } else if (now.minus(since).compareTo(bound) > 0) {
          hung = true;
          kill();
        }
      }
    } catch (InterruptedException closed) {
      // Who closes it has killed it.
      Thread.currentThread().interrupt();
    }
  }

  /** Of the kernel, which counts that of the guest's processes too. */
  private Duration processorTime() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(handle -> handle.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Waits for the end of a guest that was told to power off. */
  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(TURN.toSeconds(), TimeUnit.SECONDS)) {
      kill();
    }
  }

  private void kill() {
    List<ProcessHandle> tree = process.descendants().toList();
    process.destroyForcibly();
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    kill();
    watch.interrupt();
  }
}
