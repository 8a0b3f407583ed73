package io.etcdrobustness.runs;

import io.etcdrobustness.history.Recorder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Scans what members' logs have grown by since they were scanned last. */
final class LogTails {

  /** How far each log was scanned. */
  private final Map<String, Long> scanned = new HashMap<>();

  /** What the logs hold by now was scanned by somebody else. */
  void skip(Map<String, Path> logs) throws IOException {
    for (Map.Entry<String, Path> log : logs.entrySet()) {
      scanned.put(log.getKey(), Files.exists(log.getValue()) ? Files.size(log.getValue()) : 0L);
    }
  }

  /** Records what is new in {@code logs}, at {@code time}; a line that is not whole comes later. */
  void scan(Map<String, Path> logs, long time, Recorder recorder) throws IOException {
    for (Map.Entry<String, Path> log : logs.entrySet()) {
      if (Files.exists(log.getValue())) {
        scan(log.getKey(), log.getValue(), time, recorder);
      }
    }
  }

  private void scan(String member, Path log, long time, Recorder recorder) throws IOException {
    long from = scanned.getOrDefault(member, 0L);
    StringBuilder line = new StringBuilder();
    long whole = from;
    try (SeekableByteChannel channel = Files.newByteChannel(log)) {
      channel.position(from);
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      long at = from;
      while (channel.read(buffer.clear()) > 0) {
        String text = StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
        for (int i = 0; i < text.length(); i++) {
          at++;
          if (text.charAt(i) == '\n') {
            LogScan.line(member, line.toString(), time, recorder);
            line.setLength(0);
            whole = at;
          } else if (line.length() < LogScan.LONGEST) {
            line.append(text.charAt(i));
          }
        }
      }
    }
    scanned.put(member, whole);
  }
}
