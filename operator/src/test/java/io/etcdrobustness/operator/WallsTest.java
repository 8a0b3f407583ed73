package io.etcdrobustness.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The walls within the operator's module: what decides talks to nobody. */
class WallsTest {

  private static final JavaClasses OPERATOR =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.etcdrobustness.operator");

  @Test
  void modelAndStatusHaveNoClientAndNoClock() {
    noClasses()
        .that()
        .resideInAnyPackage("..operator.model..", "..operator.status..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client..", "io.javaoperatorsdk..", "..operator.reconcile..")
        .check(OPERATOR);
  }

  @Test
  void whatDecidesHasNoClientEither() {
    noClasses()
        .that()
        .haveSimpleName("TestDecision")
        .or()
        .haveSimpleName("SuiteDecision")
        .or()
        .haveSimpleName("RunQueue")
        .or()
        .haveSimpleName("Retention")
        .or()
        .haveSimpleNameStartingWith("RunnerSigns")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fabric8.kubernetes.client..", "io.javaoperatorsdk..")
        .check(OPERATOR);
  }

  @Test
  void timeComesInAsAnArgument() {
    noClasses().should().callMethod(Instant.class, "now").check(OPERATOR);
    noClasses().should().callMethod(System.class, "currentTimeMillis").check(OPERATOR);
    noClasses().should().callMethod(System.class, "nanoTime").check(OPERATOR);
    noClasses().should().dependOnClassesThat().belongToAnyOf(Random.class).check(OPERATOR);
  }

  @Test
  void theOtherRolesDoNotNeedTheReconcilers() {
    noClasses()
        .that()
        .resideInAnyPackage("..operator.runner..", "..operator.reports..", "..operator.metrics..")
        .should()
        .dependOnClassesThat()
        .haveSimpleNameEndingWith("Reconciler")
        .allowEmptyShould(true)
        .check(OPERATOR);
  }
}
