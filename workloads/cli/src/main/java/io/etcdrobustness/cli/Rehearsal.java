package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the launcher has a JVM go through before anybody calls the command, so that the classes that
 * judging needs are archived as they are then: loaded, linked and with what was learned of them.
 */
final class Rehearsal {

  private Rehearsal() {}

  /**
   * Judges and converts histories.
   *
   * @param args a generated history, the report of a run, and a folder for what is written
   */
  public static void main(String[] args) throws IOException {
    String generated = args[0];
    String recorded = args[1];
    String scratch = args[2];
    // Nothing tells of its events there.
    String blind = scratch + "/blind.jsonl";
    Files.copy(Path.of(generated), Path.of(blind));
    List<String[]> commands =
        List.of(
            new String[] {"check", generated},
            new String[] {"check", generated, "--json"},
            new String[] {"check", generated, "--property", "Linearizable"},
            new String[] {"check", blind},
            new String[] {"convert", generated, scratch + "/segments"},
            new String[] {"check", scratch + "/segments"},
            new String[] {"convert", recorded, scratch + "/lines", "--to", "jsonl"},
            new String[] {"check", scratch + "/lines"},
            new String[] {"check", recorded, "--json"},
            new String[] {"properties"},
            new String[] {"explain", "Linearizable"});
    for (String[] command : commands) {
      int code = Main.execute(command);
      if (code != Verdict.PASSED.exitCode()) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
      }
    }
  }
}
