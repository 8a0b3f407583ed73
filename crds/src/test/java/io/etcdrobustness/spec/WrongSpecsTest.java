package io.etcdrobustness.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wrong specs, each with the messages that its author reads. What is read of {@code x.yaml} must be
 * what stands in {@code x.txt}; {@code -Dwrong.refresh=true} writes the latter anew, to be read
 * before it is committed.
 */
class WrongSpecsTest {

  private static final Path FOLDER = Path.of("src/test/resources/wrong");

  static List<Path> wrong() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void everyMistakeIsNamedWithItsPlaceAndWhatToWriteInstead(Path file) throws IOException {
    String name = file.getFileName().toString();
    Path expected = FOLDER.resolve(name.replace(".yaml", ".txt"));

    SpecException refused =
        catchThrowableOfType(
            SpecException.class,
            () -> new SpecReader(Examples.KNOWN).read(name, Examples.text(file)));

    assertThat(refused).as(name + " must be refused").isNotNull();
    if (Boolean.getBoolean("wrong.refresh")) {
      Files.writeString(expected, refused.getMessage() + "\n");
    }
    assertThat(refused.getMessage() + "\n").isEqualTo(Files.readString(expected));
    assertThat(refused.mistakes())
        .isNotEmpty()
        .allSatisfy(
            mistake -> assertThat(mistake.message()).as("says what to write").contains("; "));
  }

  @Test
  void aFileOfAMillionCharactersIsNotRead() {
    SpecException refused =
        catchThrowableOfType(
            SpecException.class,
            () -> new SpecReader(Examples.KNOWN).read("big", "#".repeat((1 << 20) + 1)));

    assertThat(refused).hasMessageContaining("big:1:1: the file has more than 1 MiB");
  }

  @Test
  void whatIsNestedTooDeeplyIsRefusedBeforeItIsComposed() {
    SpecException refused =
        catchThrowableOfType(
            SpecException.class,
            () -> new SpecReader(Examples.KNOWN).read("deep", "[".repeat(500_000)));

    assertThat(refused).hasMessageContaining("deep:1:33: nested more than 32 levels deep");
  }

  @Test
  void withoutNamesOfPropertiesAnyIsTaken() throws SpecException {
    String test =
        """
        {apiVersion: etcdrobustness.io/v1alpha1, kind: RobustnessTest, metadata: {name: any},
        spec: {checks: {exclude: [Whatever]}}}
        """;

    assertThat(new SpecReader(java.util.Set.of()).read("any", test).spec().checks().exclude())
        .containsExactly("Whatever");
  }
}
