package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.SuiteDocument;
import io.etcdrobustness.spec.SuiteReader;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Reads the YAML of a test for the command line. */
final class TestFile {

  private static final Set<String> PROPERTIES =
      Set.copyOf(Catalogue.of(Catalogue.Options.DEFAULT).names());

  private TestFile() {}

  /**
   * The test in {@code file}.
   *
   * @throws UsageException with every mistake, by line, if it is not one
   */
  static TestDocument read(Path file) {
    return read(file, new SpecReader(PROPERTIES)::read);
  }

  /**
   * The suite in {@code file}.
   *
   * @throws UsageException with every mistake, by line, if it is not one
   */
  static SuiteDocument readSuite(Path file) {
    return read(file, new SuiteReader(PROPERTIES)::read);
  }

  private interface Reader<T> {
    T read(String file, String yaml) throws SpecException;
  }

  private static <T> T read(Path file, Reader<T> reader) {
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (IOException unreadable) {
      throw new UsageException(
          "robustness: cannot read " + file + ": " + unreadable + "; name the YAML file of a test");
    }
    try {
      return reader.read(file.toString(), yaml);
    } catch (SpecException mistakes) {
      throw new UsageException(mistakes.getMessage());
    }
  }
}
