package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.runs.live.Standing;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveLinesTest {

  private static Standing standing(long silent, List<String> open, List<String> violated) {
    return new Standing(
        12_345,
        678.4,
        1_234,
        9_500_000_000L,
        400_000_000L,
        5,
        17,
        silent,
        List.of("WatchOrdered", "WatchUnique"),
        open,
        violated);
  }

  @Test
  void aLineTellsHowFarItIsHowFastAndHowFarBehind() {
    assertThat(LiveLines.words(standing(0, List.of(), List.of())))
        .isEqualTo(
            "9.5 s of the run, revision 1,234 | all 2 properties hold so far"
                + " | 12,345 operations, 678/s | 0.4 s behind | 5 in flight, 17 wait for one");
  }

  @Test
  void whatIsLeftForTheEndWhatIsViolatedAndASilentRecordAreTold() {
    assertThat(
            LiveLines.words(
                standing(
                    61_000_000_000L,
                    List.of("MembersAgree"),
                    List.of("Linearizable", "WatchAtomic"))))
        .contains(
            "| 2 properties hold so far | 1 for the end | Linearizable, WatchAtomic violated |")
        .endsWith("| nothing new for 61 s, and not closed: waiting");
  }

  @Test
  void elsewhereThanOnATerminalEveryFifthLineIsPrinted() {
    StringWriter out = new StringWriter();
    LiveLines lines = new LiveLines(new PrintWriter(out), false);
    for (int i = 0; i < 11; i++) {
      lines.standing(standing(0, List.of(), List.of()));
    }
    lines.left(List.of("MembersAgree"), "why");
    lines.end();

    assertThat(out.toString().lines()).hasSize(4);
    assertThat(out.toString())
        .contains("not proved any more, to be judged when the record is closed: MembersAgree: why");
  }
}
