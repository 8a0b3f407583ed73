package io.etcdrobustness.faults.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a member is started.
 *
 * @param member its name, for events and messages
 * @param command program and arguments
 * @param environment set in addition to the environment of this process
 * @param directory the working directory
 * @param log its standard output and error are appended here
 */
public record MemberCommand(
    String member,
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Path log) {

  public MemberCommand {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("the command of member " + member + " is empty");
    }
  }

  /**
   * Where the process that runs is written down, so that a later agent finds one that was left
   * behind: process id and start time.
   */
  public Path pidFile() {
    return pidFile(log);
  }

  /** The same for a member whose output goes to {@code log}. */
  static Path pidFile(Path log) {
    return log.resolveSibling(log.getFileName() + ".pid");
  }
}
