/**
 * What runs leave: the reports, on a volume of the operator.
 *
 * <p>A runner sends its report's folder with {@link
 * io.etcdrobustness.operator.reports.ReportUpload}; {@link
 * io.etcdrobustness.operator.reports.ReportService} takes it and shows it; {@link
 * io.etcdrobustness.operator.reports.ReportStore} keeps it, and decides what has to go when there
 * is no room. Whoever sends a report is not trusted, nor is what he sends.
 *
 * <p>What must not live here: anything that talks to Kubernetes.
 */
@NullMarked
package io.etcdrobustness.operator.reports;

import org.jspecify.annotations.NullMarked;
