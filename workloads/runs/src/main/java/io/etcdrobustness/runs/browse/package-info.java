/**
 * The pages on which reports are browsed: all tests, a test's runs, a run.
 *
 * <p>{@link io.etcdrobustness.runs.browse.Fleet} is what there is to show; the pages are functions
 * of it, and so is the JSON beside each. {@link io.etcdrobustness.runs.browse.ReportBrowser}
 * answers requests with them, for whoever has a {@link io.etcdrobustness.runs.browse.Shelf}: the
 * operator, whose tests are objects and whose reports lie on a volume, or {@code robustness report
 * serve}, which has folders alone. A run that is over is shown by its report's own page ({@link
 * io.etcdrobustness.runs.report.ReportTemplate}).
 *
 * <p>What is shown was written by others: every text is escaped, no page runs a script that is not
 * ours, and none loads anything from elsewhere. Who may read is asked before anything here is.
 */
@NullMarked
package io.etcdrobustness.runs.browse;

import org.jspecify.annotations.NullMarked;
