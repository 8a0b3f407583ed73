package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code robustness minimize} on generated histories. */
class MinimizeTest {

  private static final String PUT =
      """
      {"client":%d,"call":%d,"ret":%d,"op":"put","key":"%s","value":"%s","rev":%d}
      """;
  private static final String GET =
      """
      {"client":%d,"call":%d,"ret":%d,"op":"get","key":"k","rev":%d,"count":1,\
      "kvs":[{"key":"k","value":"%s","createRev":2,"modRev":%d,"version":%d}]}
      """;

  @TempDir private Path directory;

  /** A stale read among a thousand operations that are in order. */
  private Path staleRead() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      int revision = i + 2;
      lines.append(PUT.formatted(1, 100 * i, 100 * i + 10, "k", "v" + i, revision));
      boolean stale = i == 300;
      int told = stale ? revision - 1 : revision;
      lines.append(
          GET.formatted(2, 100 * i + 20, 100 * i + 30, told, "v" + (told - 2), told, told - 1));
    }
    return Files.writeString(directory.resolve("stale.jsonl"), lines);
  }

  @Test
  void theSmallestCounterexampleIsAHistoryAndATestOfItsOwn() throws Exception {
    Path output = directory.resolve("minimal");

    Robustness.Ended ended =
        InProcess.robustness(
            "minimize",
            staleRead().toString(),
            "--property",
            "Linearizable",
            "--output",
            output.toString());

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out())
        .contains("Linearizable: 2 of 1000 operations and 0 of 0 watches are enough")
        .contains("put(\"k\", \"v300\")", "Leave out any of these, and nothing is violated.");
    Path folder = output.resolve("Linearizable");
    assertThat(folder.resolve("counterexample.txt")).content().contains("put(\"k\", \"v300\")");

    Robustness.Ended again = InProcess.robustness("check", folder.resolve("history").toString());
    assertThat(again.exitCode()).as("%s", again).isEqualTo(1);
    assertThat(again.out())
        .containsPattern("Linearizable +always +violated \\(1\\)")
        .contains("Failed: 2 operations judged");

    run(folder.resolve("LinearizableCounterexampleTest.java"));
    Path history = directory.resolve("read");
    assertThat(history)
        .as("what the test wrote and read")
        .isDirectoryContaining("glob:**operations.jsonl");
  }

  @Test
  void whatWasMadeBeforeIsLeftAsItIs() throws IOException {
    Path output = Files.createDirectory(directory.resolve("minimal"));

    Robustness.Ended ended =
        InProcess.robustness("minimize", staleRead().toString(), "--output", output.toString());

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    assertThat(ended.err()).contains("exists already", "--output");
    assertThat(output).isEmptyDirectory();
  }

  @Test
  void whatIsSoundHasNoCounterexample() throws IOException {
    Path sound =
        Files.writeString(directory.resolve("sound.jsonl"), PUT.formatted(1, 1, 2, "k", "v", 2));

    Robustness.Ended ended =
        InProcess.robustness(
            "minimize", sound.toString(), "--output", directory.resolve("minimal").toString());

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    assertThat(ended.err()).contains("nothing is violated in");
    assertThat(directory.resolve("minimal")).doesNotExist();
  }

  @Test
  void aFileIsNoPlaceToWriteInto() throws IOException {
    Robustness.Ended ended = InProcess.robustness("minimize", staleRead().toString());

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    assertThat(ended.err()).contains("--output DIR");
  }

  /** Compiles and runs a test; throws what that throws. */
  private void run(Path source) throws Exception {
    Path classes = Files.createDirectory(directory.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  errors,
                  files,
                  null,
                  List.of(
                      "-d",
                      classes.toString(),
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-proc:none"),
                  null,
                  files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as("%s", errors).isTrue();
    }
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> type = loader.loadClass(String.valueOf(source.getFileName()).replace(".java", ""));
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      Object test = constructor.newInstance();
      Field folder = type.getDeclaredField("folder");
      folder.setAccessible(true);
      folder.set(test, Files.createDirectory(directory.resolve("read")));
      Method method = type.getDeclaredMethod("isViolated");
      method.setAccessible(true);
      method.invoke(test);
    }
  }
}
