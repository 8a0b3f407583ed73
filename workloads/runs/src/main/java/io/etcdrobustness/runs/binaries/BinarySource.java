package io.etcdrobustness.runs.binaries;

import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.nio.file.Path;

/** One way to come by an etcd binary. */
interface BinarySource {

  /** What it is, for messages: {@code the Go module proxy}. */
  String name();

  /**
   * Puts the binary of {@code version} at {@code target}.
   *
   * @throws IOException saying what was tried and what happened
   */
  void fetch(Release version, Path target) throws IOException, InterruptedException;
}
