/**
 * What the operator says about runs and tests, as pure functions: of a run before its runner speaks
 * and after it has fallen silent; of a test, always, from its runs.
 *
 * <p>What must not live here: a client, a clock.
 */
@NullMarked
package io.etcdrobustness.operator.status;

import org.jspecify.annotations.NullMarked;
