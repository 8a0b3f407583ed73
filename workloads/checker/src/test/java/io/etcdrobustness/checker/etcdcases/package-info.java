/**
 * The in-code cases of etcd's own robustness suite, restated as cases of our checker: one class to
 * a table of etcd's, one case to a case, by etcd's names.
 *
 * <p>{@code tests/robustness/validate/validate_test.go}: {@code WatchCasesTest} and {@code
 * ValidationCasesTest}; {@code patch_history_test.go}: {@code PatchCasesTest}; {@code
 * operations_test.go}: {@code ReadOfThePastCasesTest}. {@code
 * tests/robustness/model/deterministic_test.go}: {@code ModelCasesTest} and {@code StateCasesTest};
 * {@code non_deterministic_test.go}: {@code FailedRequestCasesTest}.
 *
 * <p>Where we say something else than etcd the case says why in its own words; decision 7 says why
 * as a whole.
 */
@NullMarked
package io.etcdrobustness.checker.etcdcases;

import org.jspecify.annotations.NullMarked;
