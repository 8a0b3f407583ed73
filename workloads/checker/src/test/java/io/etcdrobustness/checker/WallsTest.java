package io.etcdrobustness.checker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The checker is a function of a history: it depends on nothing else, and reads no clock. */
class WallsTest {

  private static final JavaClasses CHECKER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.etcdrobustness.checker");

  private static final String SNAPSHOT = "io.etcdrobustness.checker.snapshot";

  @Test
  void theCheckerDependsOnTheHistoryAlone() {
    assertThat(CHECKER).isNotEmpty();
    classes()
        .that(not(resideInAPackage(SNAPSHOT)))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "io.etcdrobustness.checker..",
                "io.etcdrobustness.history..",
                "java.lang..",
                "java.util..",
                "java.math..",
                "java.nio.charset..",
                "java.security..",
                "java.time..",
                "org.jspecify.."))
        .because("the checker knows no file, no network and no other room of the house")
        .check(CHECKER);
  }

  @Test
  void aSnapshotKnowsStreamsAndNobodyWhoJudgesKnowsIt() {
    classes()
        .that(resideInAPackage(SNAPSHOT))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "io.etcdrobustness.checker..",
                "java.lang..",
                "java.util..",
                "java.io..",
                "java.nio.charset..",
                "sun.reflect..",
                "org.jspecify.."))
        .because("it makes bytes of a state, and knows no file")
        .check(CHECKER);
    noClasses()
        .that(not(resideInAPackage(SNAPSHOT)))
        .should()
        .dependOnClassesThat(resideInAPackage(SNAPSHOT))
        .because("what judges does not know that it may be broken off")
        .check(CHECKER);
  }

  @Test
  void theCheckerReadsNoClockDrawsNothingAtRandomAndWaitsForNobody() {
    noClasses()
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class)
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Random.class)
        .orShould()
        .dependOnClassesThat(
            resideInAnyPackage("java.util.random..", "java.util.zip..", "java.util.logging.."))
        .because("one history must always get one verdict")
        .check(CHECKER);
  }

  @Test
  void propertiesDoNotKnowTheirJudge() {
    noClasses()
        .that(not(resideInAPackage("io.etcdrobustness.checker")))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Judge.class, Catalogue.class, KnownIssues.class, Assessment.class)
        .because("a property is judged by itself")
        .check(CHECKER);
  }
}
