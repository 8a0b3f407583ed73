package io.etcdrobustness.faults.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An agent in a process of its own, so that it can be killed. */
final class AgentProcess {

  private AgentProcess() {}

  public static void main(String[] arguments) {
    System.exit(new AgentMain(System.out, System.err).run(arguments));
  }

  /** Starts one; what it tells is appended to {@code output}. */
  static Process start(Path output, List<String> jvmOptions, List<String> arguments)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    line.add("--enable-native-access=ALL-UNNAMED");
    line.addAll(jvmOptions);
    line.addAll(
        List.of("-cp", System.getProperty("java.class.path"), AgentProcess.class.getName()));
    line.addAll(arguments);
    File appended = output.toFile();
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(appended))
        .start();
  }
}
