package io.etcdrobustness.runs.binaries;

import io.etcdrobustness.spec.Release;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An {@code etcd} on the PATH, if it is of the version asked for. */
record OnPath(String path) implements BinarySource {

  @Override
  public String name() {
    return "the PATH";
  }

  @Override
  public void fetch(Release version, Path target) throws IOException, InterruptedException {
    for (String directory : List.of(path.split(File.pathSeparator))) {
      Path candidate = Path.of(directory, "etcd");
      if (!directory.isEmpty() && Files.isExecutable(candidate)) {
        String found = EtcdBinaries.versionOf(candidate);
        if (!found.equals(version.toString())) {
          throw new IOException(candidate + " is " + found);
        }
        Files.createSymbolicLink(target, candidate.toRealPath());
        return;
      }
    }
    throw new IOException("there is no etcd on it");
  }
}
