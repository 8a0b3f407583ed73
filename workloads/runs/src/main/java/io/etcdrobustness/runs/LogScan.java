package io.etcdrobustness.runs;

import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds the lines in a member's log that a sound member does not write: Go's panics, fatal errors
 * and crash signals, and what etcd says of a database that is corrupt or inconsistent.
 */
final class LogScan {

  /** How much of a line is looked at. */
  static final int LONGEST = 500;

  private static final List<Pattern> BAD =
      List.of(
          Pattern.compile("^panic: "),
          Pattern.compile("^fatal error: "),
          Pattern.compile("\\[signal SIG"),
          Pattern.compile("\"level\":\"(panic|fatal|dpanic)\""),
          Pattern.compile("data inconsistency detected"),
          Pattern.compile("checkInitialHashKV|found data inconsistency with peers"),
          Pattern.compile("alarm:CORRUPT|\"alarm\":\"CORRUPT\""));

  private static final Pattern SNAPSHOT =
      Pattern.compile("\"msg\":\"(applied snapshot|finished applying incoming Raft snapshot)\"");

  private LogScan() {}

  /** Records what {@code log} tells of {@code member}, at {@code time}. */
  static void scan(String member, Path log, long time, Recorder recorder) throws IOException {
    if (!Files.exists(log)) {
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        line(member, line, time, recorder);
      }
    }
  }

  /** Records what one line of {@code member}'s log tells, at {@code time}. */
  static void line(String member, String line, long time, Recorder recorder) {
    String text = line.substring(0, Math.min(LONGEST, line.length()));
    if (BAD.stream().anyMatch(bad -> bad.matcher(text).find())) {
      record(recorder, member, MemberEvent.Kind.BAD_LOG_LINE, text, time);
    } else if (SNAPSHOT.matcher(text).find()) {
      record(recorder, member, MemberEvent.Kind.SNAPSHOT_RECEIVED, text, time);
    }
  }

  private static void record(
      Recorder recorder, String member, MemberEvent.Kind kind, String line, long time) {
    boolean expected = kind != MemberEvent.Kind.BAD_LOG_LINE;
    recorder.record(new MemberEvent(member, kind, 0, 0, line, expected, time));
  }
}
