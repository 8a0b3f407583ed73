package io.etcdrobustness.operator;

import io.etcdrobustness.operator.reports.Limits;
import io.etcdrobustness.operator.reports.ReportAccess;
import io.etcdrobustness.operator.reports.ReportService;
import io.etcdrobustness.operator.reports.ReportStore;
import io.etcdrobustness.operator.reports.UploadTokens;
import io.etcdrobustness.operator.reports.WatchedObjects;
import io.etcdrobustness.runs.WallClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The report service, if the settings name a place for reports. */
record Reports(Optional<ReportService> service) implements AutoCloseable {

  private static final String SECRET = "etcd-robustness-report-tokens";

  /**
   * Opens the store and listens.
   *
   * @param objects that are shown besides reports
   * @throws IOException if the store cannot be read, a token is missing, or the port is taken
   */
  static Reports open(Settings settings, WatchedObjects objects) throws IOException {
    Optional<Path> directory = settings.reportsDir();
    if (directory.isEmpty()) {
      return new Reports(Optional.empty());
    }
    ReportStore store =
        ReportStore.open(directory.get(), Limits.ofStore(settings.reportsBytes()), WallClock::now);
    return new Reports(
        Optional.of(
            new ReportService(
                store,
                new UploadTokens(token(settings, "master").getBytes(StandardCharsets.UTF_8)),
                ReportAccess.fromSecret(
                    token(settings, "reader"), settings.namespace(), SECRET, "reader"),
                objects,
                new InetSocketAddress(settings.reportsPort()))));
  }

  private static String token(Settings settings, String name) throws IOException {
    Path file = settings.reportsTokens().resolve(name);
    String token = Files.readString(file).strip();
    if (token.isEmpty()) {
      throw new IOException(file + " is empty; it must hold a token");
    }
    return token;
  }

  String inWords() {
    return service.map(listens -> ", reports at " + listens.address()).orElse("");
  }

  @Override
  public void close() {
    service.ifPresent(ReportService::close);
  }
}
