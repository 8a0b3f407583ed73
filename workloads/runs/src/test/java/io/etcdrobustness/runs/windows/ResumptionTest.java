package io.etcdrobustness.runs.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.segment.LiveRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumptionTest {

  @TempDir private Path report;
  private final Tale tale = new Tale();
  private WindowFolders folders = new WindowFolders(Path.of(""));

  @BeforeEach
  void aReport() {
    folders = new WindowFolders(report);
  }

  private void window(int number, Entry... entries) throws IOException {
    try (LiveRecorder record =
        LiveRecorder.open(folders.of(number), History.Facts.OWN_CLUSTER, failure -> {})) {
      for (Entry entry : entries) {
        record.record(entry);
      }
    }
  }

  private Phase phase(Phase.Name name) {
    return new Phase(name, tale.now());
  }

  @Test
  void whatWasClosedIsJudgedAndWhatWasUnderWayIsNot() throws IOException {
    window(
        1,
        tale.put("carried", 0, 1),
        phase(Phase.Name.TRAFFIC),
        tale.put("k", 0, 2),
        tale.unknown(Request.Put.of("k", "v")),
        phase(Phase.Name.END));
    window(2, phase(Phase.Name.TRAFFIC), tale.put("k", 0, 3), tale.put("k", 0, 4));

    Resumption resumed = Resumption.of(WindowStanding.NONE, List.of(), folders);

    assertThat(resumed.isResumed()).isTrue();
    assertThat(resumed.nextWindow()).isEqualTo(3);
    assertThat(resumed.unjudged()).hasSize(1);
    assertThat(resumed.unjudged().getFirst().window()).isEqualTo(1);
    assertThat(resumed.unjudged().getFirst().counts().operations()).as("its own").isEqualTo(2);
    assertThat(resumed.unjudged().getFirst().counts().unknown()).isEqualTo(1);
    assertThat(resumed.lost())
        .singleElement()
        .extracting(NotJudged::inWords)
        .isEqualTo(
            "window 2 was not judged: 2.0 s, 2 operations; its runner was lost, and what was under"
                + " way then is not recorded");
    assertThat(resumed.standing().resumed()).isEqualTo(1);
    assertThat(resumed.standing().notJudged()).isEqualTo(resumed.lost());
  }

  @Test
  void aRecordWithoutEvenItsHeadIsLostAndNoneIsNothing() throws IOException {
    Files.createDirectories(folders.of(4));
    Files.write(folders.of(4).resolve("000001.seg"), new byte[5]);

    Resumption resumed = Resumption.of(WindowStanding.NONE, List.of(), folders);

    assertThat(resumed.lost()).extracting(NotJudged::operations).containsExactly(0L);
    assertThat(resumed.nextWindow()).isEqualTo(5);
    assertThat(
            Resumption.of(WindowStanding.NONE, List.of(), new WindowFolders(report.resolve("x"))))
        .extracting(Resumption::nextWindow)
        .isEqualTo(2);
  }

  @Test
  void windowsThatWereJudgedAreNotJudgedAgain() throws IOException {
    window(1, phase(Phase.Name.TRAFFIC), phase(Phase.Name.END));
    Resumption once = Resumption.of(WindowStanding.NONE, List.of(), folders);
    WindowStanding lost =
        once.standing().resumedWithout(List.of(new NotJudged(6, 1, 1, "its runner was lost")));

    Resumption twice = Resumption.of(lost, List.of(), folders);

    assertThat(twice.unjudged()).isEmpty();
    assertThat(twice.nextWindow()).isEqualTo(7);
    assertThat(twice.standing().resumed()).isEqualTo(3);
  }

  @Test
  void aFolderIsKnownAsAWindowOfItsReport() {
    assertThat(WindowFolders.reportOf(folders.of(7))).contains(report.toAbsolutePath().normalize());
    assertThat(WindowFolders.reportOf(report)).isEmpty();
    assertThat(WindowFolders.reportOf(report.resolve("windows/none"))).isEmpty();
  }
}
