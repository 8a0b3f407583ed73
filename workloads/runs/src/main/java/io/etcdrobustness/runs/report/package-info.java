/**
 * The report of a run: a folder that tells everything, to people and to programs.
 *
 * <p>{@link io.etcdrobustness.runs.report.Report} is what there is to tell; one class per file of
 * the folder writes it. Nothing here decides anything.
 */
@NullMarked
package io.etcdrobustness.runs.report;

import org.jspecify.annotations.NullMarked;
