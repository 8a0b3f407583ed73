/**
 * {@code robustness run FILE --on kubernetes}: a test handed to the operator of the current cluster
 * and followed to its verdict, as {@code run} does with one on this machine.
 */
@NullMarked
package io.etcdrobustness.operator.follow;

import org.jspecify.annotations.NullMarked;
