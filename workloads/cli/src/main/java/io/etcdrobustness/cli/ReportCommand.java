package io.etcdrobustness.cli;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness report serve DIR}: browse reports. */
@Command(
    name = "report",
    description = "Browses reports.",
    mixinStandardHelpOptions = true,
    subcommands = ReportCommand.Serve.class)
final class ReportCommand {

  /** Serves a folder on loopback until it is interrupted. */
  @Command(
      name = "serve",
      description = "Serves a folder of reports on this machine's loopback until interrupted.",
      mixinStandardHelpOptions = true)
  static final class Serve implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "A report, or a folder that holds reports.")
    private Path directory = Path.of(".");

    @Option(
        names = "--port",
        defaultValue = "8080",
        description = "Where to listen; 0: any free port. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    Serve() {}

    @Override
    public Integer call() throws InterruptedException {
      if (!Files.isDirectory(directory)) {
        throw new UsageException(directory + " is not a folder; name a report's folder");
      }
      HttpServer server;
      try {
        server =
            SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                directory.toAbsolutePath().normalize(),
                SimpleFileServer.OutputLevel.NONE);
      } catch (UncheckedIOException taken) {
        throw new EnvironmentException(
            "cannot listen on port "
                + port
                + ": "
                + taken.getMessage()
                + "; name another one with --port",
            taken);
      }
      server.start();
      spec.commandLine()
          .getOut()
          .println("http://127.0.0.1:" + server.getAddress().getPort() + "/  (Ctrl-C ends it)");
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
      return 0;
    }
  }
}
