/**
 * What the operator says about runs, tests and suites, as pure functions: of a run before its
 * runner speaks and after it has fallen silent; of a test, always, from its runs; of a suite,
 * always, from its tests.
 *
 * <p>What must not live here: a client, a clock.
 */
@NullMarked
package io.etcdrobustness.operator.status;

import org.jspecify.annotations.NullMarked;
