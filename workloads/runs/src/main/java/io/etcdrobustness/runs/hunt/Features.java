package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.runs.report.Report;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run has reached: which places of etcd's code wrote to its log, which sightings were made,
 * which fault hit whom and whether it took, how requests failed, how many leaders there were.
 */
final class Features {

  /** {@code "caller":"etcdserver/server.go:2326"}: the place without the line is the kind. */
  private static final Pattern CALLER =
      Pattern.compile("\"level\":\"([a-z]+)\".*?\"caller\":\"([^\"]+)\"");

  private Features() {}

  /** The features of a run. */
  static SortedSet<String> of(Report report) throws IOException {
    SortedSet<String> features = new TreeSet<>();
    for (Finding finding : report.assessment().findings()) {
      if (finding.kind() == Property.Kind.SOMETIMES && finding.hits() > 0) {
        features.add("seen " + finding.property() + " " + magnitude(finding.hits()));
      }
    }
    for (FaultWindow fault : report.history().faults()) {
      features.add(
          "fault %s of %s %s"
              .formatted(
                  fault.kind(), fault.target(), fault.result().name().toLowerCase(Locale.ROOT)));
    }
    for (Operation operation : report.history().operations()) {
      switch (operation.outcome()) {
        case Outcome.Ok _ -> {}
        case Outcome.Failed(Failure failure) -> features.add(failed(operation, failure));
        case Outcome.Unknown(Failure failure) -> features.add(failed(operation, failure));
      }
    }
    long leaders =
        report.history().memberEvents().stream()
            .filter(event -> event.kind() == MemberEvent.Kind.LEADER)
            .count();
    features.add("leaders " + magnitude(leaders));
    for (Path log : report.logs().values()) {
      scan(log, features);
    }
    return features;
  }

  private static String failed(Operation operation, Failure failure) {
    return "%s ended as %s %s"
        .formatted(operation.request().getClass().getSimpleName(), failure.kind(), failure.code());
  }

  private static void scan(Path log, SortedSet<String> features) throws IOException {
    if (!Files.exists(log)) {
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = CALLER.matcher(line);
        if (matcher.find()) {
          features.add("log %s %s".formatted(matcher.group(1), matcher.group(2)));
        }
      }
    }
  }

  /** Numbers of the same number of bits are alike. */
  private static int magnitude(long number) {
    return Long.SIZE - Long.numberOfLeadingZeros(number);
  }
}
