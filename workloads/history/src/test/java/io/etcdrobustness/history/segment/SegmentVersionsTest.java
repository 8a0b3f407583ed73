package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.file.Loaded;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Files of every version that was ever written, beside the same history as JSON lines. */
class SegmentVersionsTest {

  @Test
  void version1StaysReadable() throws Exception {
    Loaded expected = HistoryReader.read(resource("version-1/jsonl"));

    Loaded read = SegmentReader.read(resource("version-1/segments"));

    assertThat(read.history()).isEqualTo(expected.history());
    assertThat(read.history().operations()).hasSizeGreaterThan(50);
    assertThat(read.notes()).containsExactly("a note of its writer");
  }

  private static Path resource(String name) throws URISyntaxException {
    URL found = Objects.requireNonNull(SegmentVersionsTest.class.getResource(name), name);
    return Path.of(found.toURI());
  }
}
