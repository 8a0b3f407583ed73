/**
 * One run, from plan to verdict.
 *
 * <p>A {@link io.etcdrobustness.runs.Substrate} brings up a cluster; the run drives traffic and
 * faults over it, heals, settles, reads for the last time, judges, and writes a report. The run
 * never asks which substrate it is on.
 */
@NullMarked
package io.etcdrobustness.runs;

import org.jspecify.annotations.NullMarked;
