package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Reads the YAML of a test for the command line. */
final class TestFile {

  private TestFile() {}

  /**
   * The test in {@code file}.
   *
   * @throws UsageException with every mistake, by line, if it is not one
   */
  static TestDocument read(Path file) {
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (IOException unreadable) {
      throw new UsageException(
          "robustness: cannot read " + file + ": " + unreadable + "; name the YAML file of a test");
    }
    try {
      return new SpecReader(Set.copyOf(Catalogue.of(Catalogue.Options.DEFAULT).names()))
          .read(file.toString(), yaml);
    } catch (SpecException mistakes) {
      throw new UsageException(mistakes.getMessage());
    }
  }
}
