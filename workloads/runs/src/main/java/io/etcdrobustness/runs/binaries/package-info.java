/**
 * Where etcd binaries come from: the PATH, the official releases, or a build of its Go module.
 *
 * <p>An {@link io.etcdrobustness.runs.binaries.EtcdBinaries} tries its {@link
 * io.etcdrobustness.runs.binaries.BinarySource}s in that order and caches what it got, by version.
 */
@NullMarked
package io.etcdrobustness.runs.binaries;

import org.jspecify.annotations.NullMarked;
