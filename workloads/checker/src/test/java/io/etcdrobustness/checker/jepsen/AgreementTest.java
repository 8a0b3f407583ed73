package io.etcdrobustness.checker.jepsen;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.jepsen.JepsenReader;
import io.etcdrobustness.history.jepsen.Reads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Jepsen's histories without revisions are judged as the definition judges them: the revisions that
 * the import derives hide no violation, and make none up.
 */
class AgreementTest {

  private static final int HISTORIES = 1_500;
  private static final int LARGER_HISTORIES = 300;

  private final Catalogue catalogue = Catalogue.of(Catalogue.Options.DEFAULT);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void theVerdictIsThatOfTheDefinition(SmallTest.Kind kind) throws IOException {
    Path file =
        Files.createDirectories(folder.resolve("etcd " + kind.label() + " kill"))
            .resolve("history.edn");
    int sound = 0;
    int broken = 0;
    for (long seed = 1; seed <= HISTORIES; seed++) {
      RandomSource random = new RandomSource(seed).fork(kind.label());
      SmallTest test = SmallTest.generate(kind, 2 + random.nextInt(6), random);
      boolean damaged = seed % 4 != 0;
      for (int i = damaged ? 1 + random.nextInt(3) : 0; i > 0; i--) {
        test = test.damaged(random);
      }
      boolean expected = test.possible();
      Files.writeString(file, test.edn());
      List<String> violated = violated(file);
      assertThat(violated.isEmpty())
          .as(
              "seed %d (damaged: %s): possible by definition: %s; violated: %s%n%s",
              seed, damaged, expected, violated, test.edn())
          .isEqualTo(expected);
      if (!damaged) {
        assertThat(expected).as("seed %d is possible as generated:%n%s", seed, test.edn()).isTrue();
      }
      sound += expected ? 1 : 0;
      broken += expected ? 0 : 1;
    }
    assertThat(sound).as("sound histories").isGreaterThan(HISTORIES / 4);
    assertThat(broken).as("broken histories").isGreaterThan(HISTORIES / 12);
  }

  /**
   * Too large for the definition, which tries all orders; but whatever a sound store does holds.
   */
  @ParameterizedTest
  @EnumSource
  void aSoundRunIsNotAccused(SmallTest.Kind kind) throws IOException {
    Path file =
        Files.createDirectories(folder.resolve("etcd " + kind.label() + " kill"))
            .resolve("history.edn");
    for (long seed = 1; seed <= LARGER_HISTORIES; seed++) {
      RandomSource random = new RandomSource(seed).fork("large " + kind.label());
      SmallTest test = SmallTest.generate(kind, 20 + random.nextInt(40), random);
      Files.writeString(file, test.edn());
      assertThat(violated(file)).as("seed %d%n%s", seed, test.edn()).isEmpty();
    }
  }

  /** What any property says of any part. */
  private List<String> violated(Path file) throws IOException {
    List<String> violated = new ArrayList<>();
    for (Loaded part : JepsenReader.readAll(file, Reads.AS_NAMED)) {
      Evidence evidence = new Evidence(part.history());
      for (Property property : catalogue.properties()) {
        Finding finding = property.judge(evidence, Budget.UNLIMITED);
        if (finding.status() == Status.VIOLATED) {
          violated.add(property.name() + ": " + finding.violations().getFirst().summary());
        }
        assertThat(finding.status()).as(finding.note()).isNotEqualTo(Status.UNDECIDED);
      }
    }
    return violated;
  }
}
