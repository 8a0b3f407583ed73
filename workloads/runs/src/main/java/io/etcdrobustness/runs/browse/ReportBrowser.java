package io.etcdrobustness.runs.browse;

import com.sun.net.httpserver.HttpExchange;
import io.etcdrobustness.runs.report.Answer;
import io.etcdrobustness.runs.report.ReportFiles;
import io.etcdrobustness.runs.report.ReportTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Answers a GET or HEAD of whoever may read.
 *
 * <pre>
 * /                         all tests; ?verdict= &amp;version= &amp;name= &amp;page=
 * /-/tests/NAMESPACE/TEST/  a test
 * /NAMESPACE/RUN/           a run
 * /NAMESPACE/RUN/FILE       a file of its report; ?tail: its end; of a folder ?files: what it holds
 * </pre>
 *
 * <p>Behind each page's address {@code ?json} asks for the same as JSON.
 */
public final class ReportBrowser {

  private final Shelf shelf;

  /** A browser of what {@code shelf} holds. */
  public ReportBrowser(Shelf shelf) {
    this.shelf = shelf;
  }

  /** Answers. */
  public void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    String query = exchange.getRequestURI().getRawQuery();
    if (path.startsWith("-/")) {
      test(exchange, path, query);
    } else if (Query.has(query, "files") || Query.has(query, "tail")) {
      file(exchange, path);
    } else {
      Optional<FleetRun> run = shelf.run(pieces(path));
      if (run.isPresent()) {
        inFolder(exchange, path, () -> run(exchange, run.get(), query));
      } else if (path.isEmpty() && shelf.place("").isEmpty()) {
        fleet(exchange, query);
      } else {
        file(exchange, path);
      }
    }
  }

  private interface Answering {
    void answer() throws IOException;
  }

  /** The addresses in a page are seen from its folder, so it must be asked for as one. */
  private static void inFolder(HttpExchange exchange, String path, Answering page)
      throws IOException {
    if (path.isEmpty() || path.endsWith("/")) {
      page.answer();
    } else {
      String query = exchange.getRequestURI().getRawQuery();
      Answer.redirect(
          exchange,
          301,
          exchange.getRequestURI().getRawPath() + "/" + (query == null ? "" : "?" + query));
    }
  }

  private static List<String> pieces(String path) {
    String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return trimmed.isEmpty() ? List.of() : List.of(trimmed.split("/", -1));
  }

  private void fleet(HttpExchange exchange, String query) throws IOException {
    Query asked = Query.parse(query);
    if (Query.has(query, "json")) {
      Answer.json(exchange, 200, FleetJson.of(shelf.fleet(), asked));
    } else {
      Answer.page(exchange, 200, FleetPage.of(shelf.fleet(), asked), Answer.Script.LIVE);
    }
  }

  private void test(HttpExchange exchange, String path, String query) throws IOException {
    Optional<FleetTest> test =
        path.startsWith(Links.TESTS)
            ? shelf.fleet().test(pieces(path.substring(Links.TESTS.length())))
            : Optional.empty();
    if (test.isEmpty()) {
      Answer.text(exchange, 404, "No such test is known; it was deleted, and so were its reports.");
    } else if (Query.has(query, "json")) {
      Answer.json(exchange, 200, FleetJson.of(test.get()));
    } else {
      inFolder(
          exchange,
          path,
          () ->
              Answer.page(
                  exchange,
                  200,
                  TestPage.of(test.get(), Query.parse(query).page()),
                  Answer.Script.LIVE));
    }
  }

  private void run(HttpExchange exchange, FleetRun run, String query) throws IOException {
    if (Query.has(query, "json")) {
      Answer.json(exchange, 200, FleetJson.of(run));
      return;
    }
    Optional<String> page;
    try {
      page = withReport(run);
    } catch (NoSuchFileException gone) {
      Answer.text(exchange, 404, "This report has just been deleted.");
      return;
    }
    if (page.isPresent()) {
      Answer.page(exchange, 200, page.get(), Answer.Script.REPORT);
    } else {
      Answer.page(exchange, 200, RunPage.withoutReport(run), Answer.Script.LIVE);
    }
  }

  /** Empty if the run is not over, or its report is not kept or has no page of ours. */
  private Optional<String> withReport(FleetRun run) throws IOException {
    if (run.report().isEmpty() || !run.mark().isVerdict()) {
      return Optional.empty();
    }
    String path = String.join("/", run.path()) + (run.path().isEmpty() ? "" : "/");
    Optional<Path> folder =
        shelf.place(path).flatMap(place -> ReportFiles.find(place.root(), place.below()));
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> data = ReportTemplate.data(folder.get());
    return data.isEmpty()
        ? Optional.empty()
        : Optional.of(RunPage.withReport(run, data.get(), Beside.in(folder.get())));
  }

  private void file(HttpExchange exchange, String path) throws IOException {
    Optional<Shelf.Place> place = shelf.place(path);
    Optional<Path> file = place.flatMap(found -> ReportFiles.find(found.root(), found.below()));
    if (place.isEmpty()) {
      Answer.text(exchange, 404, "There is no such report; it may have gone to make room.");
    } else if (place.get().below().isEmpty()) {
      inFolder(exchange, path, () -> ReportFiles.answer(exchange, place.get().root(), ""));
    } else if (file.isPresent()
        && Files.isRegularFile(file.get())
        && Query.has(exchange.getRequestURI().getRawQuery(), "tail")) {
      Answer.page(exchange, 200, LogPage.of(file.get(), place.get().below()));
    } else {
      ReportFiles.answer(exchange, place.get().root(), place.get().below());
    }
  }
}
