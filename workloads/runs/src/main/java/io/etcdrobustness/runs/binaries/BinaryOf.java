package io.etcdrobustness.runs.binaries;

import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.spec.Release;
import java.nio.file.Path;

/** Gives the etcd binary of a release. */
@FunctionalInterface
public interface BinaryOf {

  /**
   * The binary.
   *
   * @throws SubstrateException saying what was tried, if there is none to be had
   */
  Path get(Release release) throws SubstrateException, InterruptedException;
}
