package io.etcdrobustness.operator.reports;

import java.util.Optional;
import java.util.regex.Pattern;

/** Which run a report is of; both names as Kubernetes allows them, so neither leads elsewhere. */
public record ReportId(String namespace, String run) {

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern RUN = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  public ReportId {
    if (!isNamespace(namespace) || !isRun(run)) {
      throw new IllegalArgumentException(namespace + "/" + run + " names no run");
    }
  }

  /** The id of these names, if they can be names. */
  static Optional<ReportId> of(String namespace, String run) {
    return isNamespace(namespace) && isRun(run)
        ? Optional.of(new ReportId(namespace, run))
        : Optional.empty();
  }

  private static boolean isNamespace(String name) {
    return NAMESPACE.matcher(name).matches();
  }

  private static boolean isRun(String name) {
    return RUN.matcher(name).matches();
  }

  @Override
  public String toString() {
    return namespace + "/" + run;
  }
}
