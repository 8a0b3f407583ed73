package io.etcdrobustness.runs.browse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** A shelf that holds what a test puts on it, and a server of it on loopback. */
final class MemoryShelf implements Shelf, AutoCloseable {

  private final Map<List<String>, FleetRun> runs = new ConcurrentHashMap<>();
  private final Map<List<String>, Path> folders = new ConcurrentHashMap<>();
  private final HttpServer server;

  MemoryShelf() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    ReportBrowser browser = new ReportBrowser(this);
    server.createContext("/", exchange -> answer(browser, exchange));
    server.start();
  }

  private static void answer(ReportBrowser browser, HttpExchange exchange) throws IOException {
    try (exchange) {
      browser.answer(exchange);
    }
  }

  void put(FleetRun run) {
    runs.put(run.path(), run);
  }

  void put(FleetRun run, Path folder) {
    put(run);
    folders.put(run.path(), folder);
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path));
  }

  @Override
  public Fleet fleet() {
    Map<List<String>, List<FleetRun>> byTest = new HashMap<>();
    runs.values()
        .forEach(run ->
            byTest.merge(
                run.test(),
                List.of(run),
                (some, more) -> Stream.concat(some.stream(), more.stream()).toList()));
    return new Fleet(
        byTest.entrySet().stream().map(e -> FleetTest.of(e.getKey(), e.getValue())).toList());
  }

  @Override
  public Optional<FleetRun> run(List<String> path) {
    return Optional.ofNullable(runs.get(path));
  }

  @Override
  public Optional<Place> place(String path) {
    String[] pieces = path.split("/", 3);
    return pieces.length < 2
        ? Optional.empty()
        : Optional.ofNullable(folders.get(List.of(pieces[0], pieces[1])))
            .map(folder -> new Place(folder, pieces.length == 3 ? pieces[2] : ""));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
