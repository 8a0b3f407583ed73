package io.etcdrobustness.operator.reports;

import io.etcdrobustness.runs.report.ReportSummary;
import java.time.Instant;

/**
 * A report that is kept.
 *
 * @param uid of the run, as Kubernetes tells runs of one name apart
 * @param receivedAt on the clock of the operator, which a runner cannot set
 * @param bytes on disk
 */
public record StoredReport(
    ReportId id, String uid, Instant receivedAt, long bytes, ReportSummary summary) {

  /** The test that it is of, in its namespace. */
  String test() {
    return id.namespace() + "/" + summary.test();
  }
}
