package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.HistoryPass.Extent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private static final Finding FINDING =
      Finding.of(
          Catalogue.of(Catalogue.Options.DEFAULT).find("WatchOrdered").orElseThrow(),
          1,
          List.of(),
          "");

  private final StringWriter err = new StringWriter();

  private ProgressLine line(boolean terminal, boolean wanted) {
    return new ProgressLine(new PrintWriter(err), terminal, wanted);
  }

  @Test
  void whatIsNoTerminalIsToldOnlyIfAsked() {
    ProgressLine unasked = line(false, false);
    unasked.judged(1_000_000, new Extent(1, 2));
    unasked.reading();
    unasked.end();
    assertThat(err.toString()).isEmpty();

    line(false, true).judged(1_234_567, new Extent(500_000, 2_000_000));
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("judged 1,234,567 operations, 0.5 MB of 2.0 MB (25 %)\n");
  }

  @Test
  void aLineOnATerminalIsWrittenAgainAndErasedAtTheEnd() {
    ProgressLine line = line(true, true);
    line.judged(1, new Extent(1, 0));
    line.judged(2, new Extent(2, 0));
    line.end();

    assertThat(err.toString())
        .isEqualTo("\r\u001b[2Kjudged 1 operations\r\u001b[2Kjudged 2 operations\r\u001b[2K");
  }

  @Test
  void aCheckThatIsOverWithinASecondSaysNothing() {
    ProgressLine line = line(true, true);
    line.reading();
    line.judged(FINDING);
    line.end();

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aLongOneTellsOfReadingAndOfEachProperty() {
    ProgressLine line = line(false, true);
    line.judged(5, new Extent(0, 0));
    line.reading();
    line.judged(FINDING);

    assertThat(err.toString())
        .contains("reading the whole: one pass does not prove all", "judged WatchOrdered");
  }
}
