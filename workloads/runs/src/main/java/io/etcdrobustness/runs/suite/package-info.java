/**
 * A suite: one run for each combination of a matrix, several at once if wanted, and one verdict.
 *
 * <p>{@link io.etcdrobustness.runs.suite.SuiteReport} is what {@code suite.json} holds and all that
 * tables and pages are made of. How a single run is carried out is no matter of this package.
 */
@NullMarked
package io.etcdrobustness.runs.suite;

import org.jspecify.annotations.NullMarked;
