package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.agent.AgentOptions.UsageException;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line of an agent that only prepares the folder it will share with its member's
 * container, and ends: for an init container.
 *
 * @param folder that is shared
 * @param busybox a static one
 */
record Installation(Path folder, Path busybox) {

  private static final String INSTALL = "--install";
  private static final String BUSYBOX = "--busybox";
  private static final String IN_OUR_IMAGE = "/opt/robustness/bin/busybox";

  static boolean isAskedFor(List<String> arguments) {
    return !arguments.isEmpty() && arguments.getFirst().equals(INSTALL);
  }

  static Installation parse(List<String> arguments) throws UsageException {
    if (arguments.size() == 2) {
      return new Installation(Path.of(arguments.get(1)), Path.of(IN_OUR_IMAGE));
    }
    if (arguments.size() == 4 && arguments.get(2).equals(BUSYBOX)) {
      return new Installation(Path.of(arguments.get(1)), Path.of(arguments.get(3)));
    }
    throw new UsageException("--install has the form --install FOLDER [--busybox FILE]");
  }
}
