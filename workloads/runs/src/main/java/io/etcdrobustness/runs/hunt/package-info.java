/**
 * Looks for what breaks: run after run in deterministic machines, each a variation of one test, and
 * what reached something that none before it had reached is kept and varied further, as a
 * coverage-guided fuzzer does. A finding is an exact input, which replays, and which the {@link
 * io.etcdrobustness.runs.hunt.Shrinker} makes smaller by running it.
 */
@NullMarked
package io.etcdrobustness.runs.hunt;

import org.jspecify.annotations.NullMarked;
