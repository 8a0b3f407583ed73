/**
 * The doors through which time and chance come in.
 *
 * <p>A run has one {@link io.etcdrobustness.engine.Scheduler}: one event loop on one monotonic
 * clock. Everything that <em>decides</em> (the next operation, the next fault, on whom) runs on
 * that loop and is a pure function of a {@link io.etcdrobustness.engine.RandomSource} and of what
 * has been observed; everything that <em>waits</em> waits on the scheduler. On real substrates the
 * scheduler is {@link io.etcdrobustness.engine.RealScheduler}; a simulation brings its own with
 * virtual time. No other package may read a clock, draw a random number or sleep.
 */
@NullMarked
package io.etcdrobustness.engine;

import org.jspecify.annotations.NullMarked;
