package io.etcdrobustness.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** The command within this process: the same code, without the second that a JVM takes to start. */
final class InProcess {

  private InProcess() {}

  /** Runs {@code robustness ARGUMENTS}. */
  static Robustness.Ended robustness(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    int exitCode = command.execute(arguments);
    command.getOut().flush();
    command.getErr().flush();
    return new Robustness.Ended(exitCode, out.toString(), err.toString());
  }
}
