package io.etcdrobustness.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.etcdrobustness.runs.WallClock;
import io.etcdrobustness.runs.browse.FolderShelf;
import io.etcdrobustness.runs.browse.ReportBrowser;
import io.etcdrobustness.runs.report.Answer;
import io.etcdrobustness.runs.summary.JobSummary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness report}: what is done with reports that lie on disk. */
@Command(
    name = "report",
    description = "Browses reports, or sums them up.",
    mixinStandardHelpOptions = true,
    subcommands = {ReportCommand.Serve.class, ReportCommand.Markdown.class})
final class ReportCommand {

  /** Prints a report as the summary of a CI job. */
  @Command(
      name = "markdown",
      description =
          "Prints the report of a run or of a suite in GitHub's Markdown, for the summary of a job: at"
              + " most 900 kB.",
      mixinStandardHelpOptions = true)
  static final class Markdown implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "The report of a run, or of a suite.")
    private Path directory = Path.of(".");

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    Markdown() {}

    @Override
    public Integer call() {
      try {
        spec.commandLine().getOut().print(JobSummary.of(directory));
      } catch (IOException wrong) {
        throw new UsageException("robustness: " + wrong.getMessage());
      }
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** Serves a folder on loopback until it is interrupted. */
  @Command(
      name = "serve",
      description =
          "Serves a folder of reports on this machine's loopback until interrupted: all tests, their runs, and how"
              + " far those are that go on.",
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
      Path root = directory.toAbsolutePath().normalize();
      HttpServer server;
      try {
        server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      } catch (IOException taken) {
        throw new EnvironmentException(
            "cannot listen on port "
                + port
                + ": "
                + taken.getMessage()
                + "; name another one with --port",
            taken);
      }
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      ReportBrowser browser = new ReportBrowser(new FolderShelf(root, WallClock::now));
      server.createContext("/", exchange -> answer(exchange, browser));
      server.start();
      spec.commandLine()
          .getOut()
          .println("http://127.0.0.1:" + server.getAddress().getPort() + "/  (Ctrl-C ends it)");
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
      return 0;
    }

    private static void answer(HttpExchange exchange, ReportBrowser browser) throws IOException {
      try (exchange) {
        if (!exchange.getRequestMethod().equals("GET")
            && !exchange.getRequestMethod().equals("HEAD")) {
          exchange.getResponseHeaders().set("Allow", "GET, HEAD");
          Answer.text(exchange, 405, "Reports are only read here.");
        } else {
          browser.answer(exchange);
        }
      }
    }
  }
}
