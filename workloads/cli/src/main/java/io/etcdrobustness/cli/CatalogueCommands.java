package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The catalogues: what there is, with what each means. */
final class CatalogueCommands {

  private CatalogueCommands() {}

  /** {@code robustness properties}. */
  @Command(
      name = "properties",
      description = "Lists every property with its statement.",
      mixinStandardHelpOptions = true)
  static final class Properties implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    Properties() {}

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      for (Property property : Catalogue.of(Catalogue.Options.DEFAULT).properties()) {
        out.printf(
            "%-28s %-9s %s%n",
            property.name(),
            property.kind().name().toLowerCase(Locale.ROOT),
            property.explanation().statement());
      }
      out.flush();
      return 0;
    }
  }

  /** {@code robustness faults}. */
  @Command(
      name = "faults",
      description = "Lists every kind of fault with what it does.",
      mixinStandardHelpOptions = true)
  static final class Faults implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    Faults() {}

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      for (FaultType type : FaultType.values()) {
        out.printf("%-16s %s%n", type, FaultCatalogue.meaning(type));
      }
      out.flush();
      return 0;
    }
  }

  /** {@code robustness profiles}. */
  @Command(
      name = "profiles",
      description = "Lists every profile of traffic.",
      mixinStandardHelpOptions = true)
  static final class Profiles implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it.
    Profiles() {}

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      for (Profile profile : Profile.values()) {
        out.printf("%-12s %s%n", profile, meaning(profile));
      }
      out.flush();
      return 0;
    }

    private static String meaning(Profile profile) {
      return switch (profile) {
        case Mixed -> "every request that etcd has, at random, with compactions and watches";
        case Kubernetes ->
            "what an apiserver does: optimistic txns, paginated lists, list and watch, its compactor";
        case Append -> "txns that append to lists and read them";
        case Lock -> "critical sections under etcd's locks, whose holders count";
        case Watch -> "writes in bursts under many watches that come and go";
      };
    }
  }
}
