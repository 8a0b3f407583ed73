package io.etcdrobustness.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The walls of the house (docs/architecture.md), for all modules that the command is made of. */
class HouseRulesTest {

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.etcdrobustness");

  /** Who may ask what time it is: the scheduler itself, and the edge where a process begins. */
  private static final Set<String> CLOCKS =
      Set.of(
          "io.etcdrobustness.engine.RealScheduler",
          "io.etcdrobustness.runs.Budgets",
          "io.etcdrobustness.runs.WallClock");

  private static final DescribedPredicate<JavaMethodCall> READS_A_CLOCK_OR_SLEEPS =
      describe(
          "reads a clock, sleeps or draws from unseeded randomness",
          call -> {
            String owner = call.getTargetOwner().getName();
            String method = call.getTarget().getName();
            return switch (method) {
              case "nanoTime", "currentTimeMillis" -> owner.equals("java.lang.System");
              case "sleep" -> owner.equals("java.lang.Thread");
              case "random" -> owner.equals("java.lang.Math");
              case "now" -> owner.equals(Instant.class.getName());
              default -> false;
            };
          });

  @Test
  void timeAndChanceComeInThroughTheEngine() {
    noClasses()
        .that(describe("are no clock", type -> !CLOCKS.contains(type.getName().split("\\$")[0])))
        .should()
        .callMethodWhere(READS_A_CLOCK_OR_SLEEPS)
        .check(HOUSE);
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Random.class, ThreadLocalRandom.class)
        .check(HOUSE);
  }

  @Test
  void dependenciesPointDownwards() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy("io.etcdrobustness.cli..")
        .layer("runs")
        .definedBy("io.etcdrobustness.runs..")
        .layer("traffic")
        .definedBy("io.etcdrobustness.traffic..")
        .layer("faults")
        .definedBy("io.etcdrobustness.faults..")
        .layer("checker")
        .definedBy("io.etcdrobustness.checker..")
        .layer("history")
        .definedBy("io.etcdrobustness.history..")
        .layer("engine")
        .definedBy("io.etcdrobustness.engine..")
        .layer("crds")
        .definedBy("io.etcdrobustness.spec..", "io.etcdrobustness.resource..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("runs")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("traffic")
        .mayOnlyBeAccessedByLayers("runs", "cli")
        .whereLayer("faults")
        .mayOnlyBeAccessedByLayers("runs", "cli")
        .whereLayer("checker")
        .mayOnlyAccessLayers("history")
        .whereLayer("history")
        .mayNotAccessAnyLayer()
        .whereLayer("engine")
        .mayNotAccessAnyLayer()
        .whereLayer("crds")
        .mayNotAccessAnyLayer()
        .check(HOUSE);
  }
}
