/**
 * Judges a record while it is being written: what holds up to now, a violation as soon as it is
 * there, and the verdict when the record is closed.
 *
 * <p>Here is what follows and what tells; how the record is put in order is the business of {@link
 * io.etcdrobustness.history.segment.LivePass}, and what is proved that of {@link
 * io.etcdrobustness.checker.OnePass}. Time, and the wish to stop, come in by {@link
 * io.etcdrobustness.runs.live.Pace}.
 */
@NullMarked
package io.etcdrobustness.runs.live;

import org.jspecify.annotations.NullMarked;
