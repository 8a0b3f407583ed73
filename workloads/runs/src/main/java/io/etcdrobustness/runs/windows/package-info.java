/**
 * The windows of a continuous run: what one is, what crosses its edges, who judges it and when,
 * what is kept of it.
 *
 * <p>Each window is a record of its own that is judged by itself (decision 11). No state of a judge
 * crosses an edge: what the next window needs to know of the ones before, {@link Carried} gathers
 * while it is recorded, and it is written into the next record before anything else.
 *
 * <p>Here is no network, no cluster and no clock: who makes the edges is {@code runs.WindowCycle}.
 */
@NullMarked
package io.etcdrobustness.runs.windows;

import org.jspecify.annotations.NullMarked;
