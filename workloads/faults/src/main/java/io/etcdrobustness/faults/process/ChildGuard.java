package io.etcdrobustness.faults.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The guard as a child of this process, the member as its grandchild. */
final class ChildGuard implements Guard {

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final Supplier<MemberCommand> commands;

  /** A guard that asks for the command at each start. */
  ChildGuard(Supplier<MemberCommand> commands) {
    this.commands = commands;
  }

  @Override
  public GuardPipe begin() throws IOException {
    MemberCommand command = commands.get();
    List<String> line = new ArrayList<>();
    // A session of its own: Ctrl-C in the terminal is meant for us, and we end members in order.
    // Go's signal.Notify takes SIGINT even where the shell had it ignored.
    if (Files.isExecutable(SETSID)) {
      line.add(SETSID.toString());
    }
    line.addAll(List.of("/bin/sh", "-c", Script.GUARD.text(), "guard"));
    line.addAll(command.command());
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(command.directory().toFile())
            .redirectError(Redirect.appendTo(command.log().toFile()));
    builder.environment().putAll(command.environment());
    try {
      return new Child(builder.start());
    } catch (IOException failure) {
      throw new IOException("its guard cannot be started: " + failure.getMessage(), failure);
    }
  }

  @Override
  public Path pidFile() {
    return commands.get().pidFile();
  }

  @Override
  public Path log() {
    return commands.get().log();
  }

  /** A guard that runs. */
  private static final class Child implements GuardPipe {

    private final Process guard;
    private final BufferedReader lines;

    Child(Process guard) {
      this.guard = guard;
      this.lines = guard.inputReader(StandardCharsets.US_ASCII);
    }

    @Override
    public Optional<String> line() throws IOException {
      return Optional.ofNullable(lines.readLine());
    }

    @Override
    public void release() {
      try {
        guard.getOutputStream().close();
      } catch (IOException alreadyBroken) {
        // Nothing was ever written to it, so nothing is lost; the descriptor is released all the
        // same.
        guard.destroyForcibly();
      }
    }

    @Override
    public boolean endedFromOutside(boolean guardLost) {
      return false;
    }

    @Override
    public void close() {
      guard.destroyForcibly();
      release();
      try {
        lines.close();
      } catch (IOException nothingLeftToRead) {
        guard.destroyForcibly();
      }
    }
  }
}
