/**
 * Coverage: what a run must have seen for its other findings to mean much.
 *
 * <p>Each property here is a {@link io.etcdrobustness.checker.coverage.Sometimes}: it holds if the
 * thing was seen at least once. Not seeing it is no fault of etcd, but a test may require it.
 */
@NullMarked
package io.etcdrobustness.checker.coverage;

import org.jspecify.annotations.NullMarked;
