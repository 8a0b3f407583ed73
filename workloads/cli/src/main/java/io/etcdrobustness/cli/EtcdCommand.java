package io.etcdrobustness.cli;

import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.spec.Release;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness etcd install VERSION}: an etcd binary into the cache. */
@Command(
    name = "etcd",
    description = "Gets etcd binaries.",
    mixinStandardHelpOptions = true,
    subcommands = EtcdCommand.Install.class)
final class EtcdCommand {

  /** Prints the path of the binary on standard output, what takes long on standard error. */
  @Command(
      name = "install",
      description =
          "Puts an etcd into the cache: from the PATH, else from the releases (a mirror can be named in"
              + " ROBUSTNESS_ETCD_RELEASES), else built from its Go module.",
      mixinStandardHelpOptions = true)
  static final class Install implements Callable<Integer> {

    @Parameters(paramLabel = "VERSION", description = "A release, such as v3.7.3.")
    private String version = "";

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    Install() {}

    @Override
    public Integer call() throws InterruptedException {
      Release release;
      try {
        release = Release.parse(version);
      } catch (IllegalArgumentException wrong) {
        throw new UsageException(wrong.getMessage());
      }
      try {
        Path binary =
            EtcdBinaries.of(System.getenv(), line -> spec.commandLine().getErr().println(line))
                .get(release);
        spec.commandLine().getOut().println(binary);
        return 0;
      } catch (SubstrateException failure) {
        throw new EnvironmentException(failure.getMessage(), failure);
      }
    }
  }
}
