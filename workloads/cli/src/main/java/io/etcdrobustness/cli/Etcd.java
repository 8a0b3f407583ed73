package io.etcdrobustness.cli;

import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which etcd a run uses: the spec's versions, or what {@code --etcd} says instead of them.
 *
 * @param test with the version that is really run
 * @param path of the one binary for all members; empty: by version
 */
record Etcd(TestDocument test, Optional<Path> path) {

  static Etcd of(Optional<String> option, TestDocument test) throws InterruptedException {
    refuseImage(test.spec().cluster());
    if (option.isEmpty()) {
      return new Etcd(test, Optional.empty());
    }
    String asked = option.get();
    Path path = Path.of(asked);
    if (Files.isExecutable(path) && !Files.isDirectory(path)) {
      try {
        return new Etcd(
            with(test, EtcdBinaries.versionOf(path.toAbsolutePath())),
            Optional.of(path.toAbsolutePath()));
      } catch (IOException broken) {
        throw new UsageException("--etcd " + asked + ": " + broken.getMessage());
      }
    }
    try {
      return new Etcd(with(test, Release.parse(asked).toString()), Optional.empty());
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(
          "--etcd " + asked + ": there is no such program, and " + wrong.getMessage());
    }
  }

  /** Here are only binaries: an image must not be passed over. */
  private static void refuseImage(ClusterSpec cluster) {
    if (cluster.image() != null) {
      throw new UsageException(
          "spec.cluster.image: the substrates processes and vm run binaries, not images; leave it"
              + " out and write spec.cluster.version, or --etcd PATH");
    }
  }

  Path binary(Release version, EtcdBinaries binaries)
      throws SubstrateException, InterruptedException {
    return path.isPresent() ? path.get() : binaries.get(version);
  }

  private static TestDocument with(TestDocument test, String version) {
    ClusterSpec cluster = test.spec().cluster();
    return new TestDocument(
        test.name(),
        test.spec()
            .withCluster(
                new ClusterSpec(
                    cluster.replicas(),
                    version,
                    cluster.image(),
                    List.of(),
                    cluster.storage(),
                    cluster.tls(),
                    cluster.options(),
                    cluster.extraArgs())));
  }
}
