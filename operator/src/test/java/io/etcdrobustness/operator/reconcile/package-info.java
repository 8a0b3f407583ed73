/**
 * Tests of the reconcilers: what decides as pure functions, what acts against a real API server.
 */
@NullMarked
package io.etcdrobustness.operator.reconcile;

import org.jspecify.annotations.NullMarked;
