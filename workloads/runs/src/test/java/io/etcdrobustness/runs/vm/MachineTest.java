package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.ClusterLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that go wrong; a shell plays the kernel. */
class MachineTest {

  @TempDir private Path directory;

  @Test
  void aMachineThatSpinsIsEndedWithAllItsProcessesAndProvesNothing() throws Exception {
    Path pid = directory.resolve("pid");
    Machine machine =
        kernel(
            "(echo $BASHPID > %s; while :; do :; done) & wait".formatted(pid),
            Duration.ofMillis(300));
    try (machine) {
      ClusterLostException lost = catchThrowableOfType(ClusterLostException.class, machine::listen);
      assertThat(lost.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(lost).hasMessageContaining("processor time within one turn");
      assertThat(machine.hung()).isTrue();
    }
    long spinning = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle.of(spinning).ifPresent(handle -> handle.onExit().join());
    assertThat(ProcessHandle.of(spinning).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aMachineThatEndsIsAnErrorWithTheLastWordsOfItsConsole() throws Exception {
    try (Machine machine =
        kernel("echo 'Kernel panic - not syncing' >&2", Duration.ofSeconds(60))) {
      ClusterLostException lost = catchThrowableOfType(ClusterLostException.class, machine::listen);
      assertThat(lost.verdict()).isEqualTo(Verdict.ERROR);
      assertThat(lost).hasMessageContaining("Kernel panic - not syncing");
    }
  }

  @Test
  void whatIsNoTurnIsAnError() throws Exception {
    try (Machine machine = kernel("printf '\\377\\377\\377\\377'; cat", Duration.ofSeconds(60))) {
      assertThat(catchThrowableOfType(ClusterLostException.class, machine::listen))
          .hasMessageContaining("a turn of -1 bytes");
    }
  }

  @Test
  void onlyWhatIsMeantForTheKernelIsInItsEnvironment() throws Exception {
    Path seen = directory.resolve("seen");
    try (Machine machine = kernel("/usr/bin/env > %s".formatted(seen), Duration.ofSeconds(60))) {
      assertThat(catchThrowableOfType(ClusterLostException.class, machine::listen)).isNotNull();
    }
    assertThat(
            Files.readAllLines(seen).stream()
                .map(line -> line.substring(0, line.indexOf('=')))
                .collect(Collectors.toSet()))
        .isSubsetOf("DST_SEED", "PWD", "SHLVL", "_");
  }

  private Machine kernel(String script, Duration turn) throws IOException {
    return Machine.start(
        List.of("/bin/bash", "-c", script),
        Map.of("DST_SEED", "7"),
        directory,
        directory.resolve("console.log"),
        turn);
  }
}
