package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The catalogues: what there is, with what each means. */
final class CatalogueCommands {

  private CatalogueCommands() {}

  /** {@code robustness properties}. */
  @Command(
      name = "properties",
      description = "Lists every property with its statement.",
      mixinStandardHelpOptions = true)
  static final class Properties implements Callable<Integer> {

    @Mixin private Listing listing = new Listing();

    @Override
    public Integer call() {
      return listing.print(
          Catalogue.of(Catalogue.Options.DEFAULT).properties().stream()
              .map(property ->
                  "%-28s %-9s %s"
                      .formatted(
                          property.name(),
                          property.kind().name().toLowerCase(Locale.ROOT),
                          property.explanation().statement())));
    }
  }

  /** {@code robustness faults}. */
  @Command(
      name = "faults",
      description = "Lists every kind of fault with what it does.",
      mixinStandardHelpOptions = true)
  static final class Faults implements Callable<Integer> {

    @Mixin private Listing listing = new Listing();

    @Override
    public Integer call() {
      return listing.print(
          Arrays.stream(FaultType.values())
              .map(type -> "%-16s %s".formatted(type, FaultCatalogue.meaning(type))));
    }
  }

  /** {@code robustness profiles}. */
  @Command(
      name = "profiles",
      description = "Lists every profile of traffic.",
      mixinStandardHelpOptions = true)
  static final class Profiles implements Callable<Integer> {

    @Mixin private Listing listing = new Listing();

    @Override
    public Integer call() {
      return listing.print(
          Arrays.stream(Profile.values())
              .map(profile -> "%-12s %s".formatted(profile, ProfileCatalogue.meaning(profile))));
    }
  }
}
