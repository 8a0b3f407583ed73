package io.etcdrobustness.runs.binaries;

import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A build of etcd's Go module, through whatever module proxy {@code go} is configured for.
 *
 * <p>From 3.5 on the server is a module of its own, which {@code go mod tidy} completes with the
 * aligned modules. 3.4 is from before modules: only the releases whose commit is known here can be
 * asked for, by their pseudo-version.
 */
record GoBuild(String go) implements BinarySource {

  private static final Map<String, String> PSEUDO_VERSIONS =
      Map.of(
          "v3.4.3", "v0.5.0-alpha.5.0.20191023171146-3cf2f69b5738",
          "v3.4.13", "v0.5.0-alpha.5.0.20200824191128-ae9734ed278b");

  private static final Duration RESOLVE = Duration.ofMinutes(5);
  private static final Duration BUILD = Duration.ofMinutes(20);

  @Override
  public String name() {
    return "a build of the Go module";
  }

  @Override
  public void fetch(Release version, Path target) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("robustness-etcd-build");
    try {
      boolean modular = version.isAtLeast(3, 5);
      Files.writeString(
          directory.resolve("go.mod"), modular ? modular(version) : beforeModules(version));
      Files.writeString(directory.resolve("main.go"), mainFile(modular));
      Map<String, String> environment =
          Map.of("CGO_ENABLED", "0", "GOFLAGS", "-buildvcs=false", "GOWORK", "off");
      Command.run(List.of(go, "mod", "tidy", "-e"), directory, environment, RESOLVE);
      Command.run(
          List.of(go, "build", "-trimpath", "-ldflags", "-s -w", "-o", target.toString(), "."),
          directory,
          environment,
          BUILD);
    } finally {
      delete(directory);
    }
  }

  private static String modular(Release version) {
    return """
    module example.org/etcdbuild

    go 1.21

    require go.etcd.io/etcd/server/v3 %s
    """
        .formatted(version);
  }

  private static String beforeModules(Release version) throws IOException {
    String pseudo = PSEUDO_VERSIONS.get(version.toString());
    if (pseudo == null) {
      throw new IOException(
          "releases before 3.5 are no Go modules; of these only %s can be built"
              .formatted(
                  String.join(" and ", PSEUDO_VERSIONS.keySet().stream().sorted().toList())));
    }
    return """
    module example.org/etcdbuild

    go 1.21

    require (
    	go.etcd.io/bbolt v1.3.6
    	go.etcd.io/etcd %s
    	google.golang.org/grpc v1.26.0
    )
    """
        .formatted(pseudo);
  }

  private static String mainFile(boolean modular) {
    return modular
        ? """
        package main

        import (
        	"os"

        	"go.etcd.io/etcd/server/v3/etcdmain"
        )

        func main() { etcdmain.Main(os.Args) }
        """
        : """
        package main

        import "go.etcd.io/etcd/etcdmain"

        func main() { etcdmain.Main() }
        """;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
