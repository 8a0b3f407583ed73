package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine lacks here is said before anything starts. */
class PreflightTest {

  private static final long LITTLE = 4096;

  @TempDir private Path directory;

  @Test
  void whereAllIsThereNothingIsSaid() throws IOException {
    assertThatCode(() -> on("Linux on amd64", directory, "rw,nosuid,nodev").check(LITTLE))
        .doesNotThrowAnyException();
  }

  @Test
  void anotherProcessorAndAnotherSystemAreRefused() {
    for (String system : new String[] {"Linux on aarch64", "Mac OS X on x86_64"}) {
      assertThatThrownBy(() -> on(system, directory, "rw").check(LITTLE))
          .isInstanceOf(SubstrateException.class)
          .hasMessageContaining("Linux on amd64 only, and this is " + system);
    }
  }

  @Test
  void tooLittleSharedMemoryIsSaidWithWhatIsThereAndWhatToDo() {
    assertThatThrownBy(() -> on("Linux on amd64", directory, "rw").check(Long.MAX_VALUE))
        .isInstanceOf(SubstrateException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("MiB free, and a machine needs")
        .hasMessageContaining("emptyDir of medium Memory");
  }

  @Test
  void noSharedMemoryAtAllIsSaid() {
    Path nowhere = directory.resolve("shm");
    assertThatThrownBy(() -> on("Linux on amd64", nowhere, "rw").check(LITTLE))
        .isInstanceOf(SubstrateException.class)
        .hasMessageContaining("the guest's memory lives in " + nowhere);
  }

  @Test
  void sharedMemoryThatAllowsNoExecutionIsSaidWhateverIsMountedBelowIt() {
    assertThatThrownBy(() -> on("Linux on amd64", directory, "rw,noexec").check(LITTLE))
        .isInstanceOf(SubstrateException.class)
        .hasMessageContaining("noexec");
    assertThatCode(() ->
            on("Linux on amd64", directory, "rw,noexec\ntmpfs %s tmpfs rw".formatted(directory))
                .check(LITTLE))
        .doesNotThrowAnyException();
  }

  @Test
  void everyPartThatIsMissingIsNamedWithHowToBuildIt() throws IOException {
    Path parts = Files.createDirectory(directory.resolve("vm"));
    for (String part : new String[] {"linux", "shim.so", "initramfs.cpio"}) {
      assertThatThrownBy(() -> machine(parts))
          .isInstanceOf(SubstrateException.class)
          .hasMessageContaining("there is no " + parts.resolve(part))
          .hasMessageContaining("hack/vm/build");
      Files.writeString(parts.resolve(part), part);
    }
    assertThatThrownBy(() -> machine(parts))
        .isInstanceOf(SubstrateException.class)
        .hasMessageContaining(parts.resolve("linux") + " cannot be executed");
  }

  private Parts machine(Path parts) throws SubstrateException {
    return Parts.of(
        Map.of("ROBUSTNESS_VM", parts.toString(), "ROBUSTNESS_CACHE", directory.toString()),
        new TreeMap<Release, Path>(),
        LITTLE,
        Map.of());
  }

  private Preflight on(String system, Path memory, String options) throws IOException {
    Path mounts = directory.resolve("mounts");
    Files.writeString(mounts, "tmpfs %s tmpfs %s 0 0\n".formatted(memory, options));
    return new Preflight(system, memory, mounts);
  }
}
