package io.etcdrobustness.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.etcdrobustness.runs.report.Answer;
import io.etcdrobustness.runs.report.ReportFiles;
import io.etcdrobustness.runs.report.ReportSummary;
import io.etcdrobustness.runs.report.ReportsPage;
import io.etcdrobustness.runs.summary.JobSummary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
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
      server.createContext("/", exchange -> answer(exchange, root));
      server.start();
      spec.commandLine()
          .getOut()
          .println("http://127.0.0.1:" + server.getAddress().getPort() + "/  (Ctrl-C ends it)");
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
      return 0;
    }

    private static void answer(HttpExchange exchange, Path root) throws IOException {
      try (exchange) {
        String path = exchange.getRequestURI().getPath();
        if (!exchange.getRequestMethod().equals("GET")
            && !exchange.getRequestMethod().equals("HEAD")) {
          exchange.getResponseHeaders().set("Allow", "GET, HEAD");
          Answer.text(exchange, 405, "Reports are only read here.");
          return;
        }
        List<ReportsPage.Entry> reports =
            path.equals("/") && exchange.getRequestURI().getRawQuery() == null
                ? reports(root)
                : List.of();
        if (reports.isEmpty()) {
          ReportFiles.answer(exchange, root, path.substring(1));
        } else {
          Answer.page(exchange, 200, ReportsPage.of(reports));
        }
      }
    }

    /** The reports in {@code root}; none if it is one itself, or holds none. */
    private static List<ReportsPage.Entry> reports(Path root) throws IOException {
      List<ReportsPage.Entry> reports = new ArrayList<>();
      if (Files.exists(root.resolve("index.html"))) {
        return reports;
      }
      try (Stream<Path> folders = Files.list(root)) {
        for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
          String name = String.valueOf(folder.getFileName());
          ReportSummary summary;
          try {
            summary = ReportSummary.read(folder);
          } catch (IOException _) {
            // Folders of other things lie beside reports; the list is of reports.
            continue;
          }
          reports.add(
              new ReportsPage.Entry(
                  summary.test(), name, ReportsPage.href(name), summary, bytes(folder)));
        }
      }
      return reports;
    }

    private static long bytes(Path folder) throws IOException {
      try (Stream<Path> files = Files.walk(folder)) {
        return files.mapToLong(file -> file.toFile().length()).sum();
      }
    }
  }
}
