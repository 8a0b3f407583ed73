package io.etcdrobustness.operator.reports;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Sends a report's folder to the service; what a runner does at its end, and of a run that goes on
 * when there is a violation to be seen.
 *
 * <p>An operator that is started anew is waited for; what the service refuses is not sent again.
 */
public final class ReportUpload {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int ATTEMPTS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

  private final URI service;
  private final String token;
  private final Pause pause;

  /** Waits; a test does not. */
  interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  /**
   * Uploads to a service.
   *
   * @param service its address, such as {@code http://etcd-robustness-reports:8081}
   * @param token the upload token of the run
   */
  public ReportUpload(URI service, String token) {
    this(
        service,
        token,
        time -> {
          boolean _ = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  ReportUpload(URI service, String token, Pause pause) {
    this.service = service;
    this.token = token;
    this.pause = pause;
  }

  /**
   * Sends the report of a run.
   *
   * @param uid of the run
   * @param folder of the report
   * @param wanted whether a file or folder in it is to be sent, by its path from there on
   * @throws IOException if it was refused, or the service could not be reached for about a minute;
   *     the message is a sentence
   */
  public void upload(String namespace, String run, String uid, Path folder, Predicate<Path> wanted)
      throws IOException, InterruptedException {
    ReportArchive archive = new ReportArchive(folder, wanted);
    URI target =
        URI.create(
            service.toString().replaceAll("/+$", "")
                + "%s/%s/%s".formatted(ReportService.LIST, namespace, run));
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(LONGEST)
            .header("Authorization", "Bearer " + token)
            .header(ReportService.UID, uid)
            .header("Content-Type", "application/gzip")
            .PUT(BodyPublishers.ofByteArrays(archive))
            .build();
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build()) {
      send(http, request);
    }
  }

  private void send(HttpClient http, HttpRequest request) throws IOException, InterruptedException {
    Duration wait = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      String trouble;
      try {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 == 2) {
          return;
        }
        trouble = "answered with %d: %s".formatted(answer.statusCode(), answer.body().strip());
        if (!mayPass(answer.statusCode())) {
          throw new RefusedException("PUT %s was %s".formatted(request.uri(), trouble));
        }
      } catch (RefusedException refused) {
        throw refused;
      } catch (IOException unreachable) {
        trouble = "not answered: " + unreachable;
      }
      if (attempt == ATTEMPTS) {
        throw new IOException(
            "PUT %s was tried %d times, and at last %s"
                .formatted(request.uri(), ATTEMPTS, trouble));
      }
      pause.of(wait);
      wait = wait.multipliedBy(2);
    }
  }

  /** Whether the next attempt may be answered otherwise. A full store is not: 507. */
  private static boolean mayPass(int status) {
    return switch (status) {
      case 408, 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /** An answer that will not change. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String sentence) {
      super(sentence);
    }
  }
}
