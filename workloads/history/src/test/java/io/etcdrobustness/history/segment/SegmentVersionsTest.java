package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.file.Loaded;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of every version that was ever written, beside the same history as JSON lines. */
class SegmentVersionsTest {

  /** All versions hold the same history. */
  private static Loaded expected() throws Exception {
    return HistoryReader.read(resource("version-1/jsonl"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionStaysReadable(int version) throws Exception {
    Loaded read = SegmentReader.read(resource("version-" + version + "/segments"));

    assertThat(read.history()).isEqualTo(expected().history());
    assertThat(read.history().operations()).hasSizeGreaterThan(50);
    assertThat(read.notes()).containsExactly("a note of its writer");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void onePassReadsEveryVersion(int version) throws Exception {
    List<Operation> operations = new ArrayList<>();
    Path segments = resource("version-" + version + "/segments");

    try (SegmentPass pass = new SegmentPass(SegmentReader.open(segments))) {
      assertThat(pass.frame()).isEqualTo(expected().history().frame());
      pass.operations(operations::add);
    }

    assertThat(operations).isEqualTo(expected().history().operations());
  }

  private static Path resource(String name) throws URISyntaxException {
    URL found = Objects.requireNonNull(SegmentVersionsTest.class.getResource(name), name);
    return Path.of(found.toURI());
  }
}
