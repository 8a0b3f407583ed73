/**
 * Counterexamples, made as small as they can be.
 *
 * <p>Whatever is left out leaves a weaker claim: {@link
 * io.etcdrobustness.checker.minimal.Reduction} says how, {@link
 * io.etcdrobustness.checker.minimal.Minimizer} looks for the weakest that is still broken.
 */
@NullMarked
package io.etcdrobustness.checker.minimal;

import org.jspecify.annotations.NullMarked;
