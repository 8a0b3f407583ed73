package io.etcdrobustness.history.histgen;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.plain.PlainEntries;
import io.etcdrobustness.history.plain.PlainKeys;
import io.etcdrobustness.history.plain.PlainLog;
import io.etcdrobustness.history.plain.PlainSource;
import io.etcdrobustness.history.plain.PlainSource.Fill;
import io.etcdrobustness.history.plain.PlainTape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read as plain is what the general reader reads, and nothing that it refuses. */
class PlainHistgenTest {

  private static final long FIRST_SEED = 1;
  private static final int DAMAGED = 4_000;

  @TempDir private Path directory;

  @Test
  void aGeneratedFileIsPlain() throws IOException {
    Optional<List<String>> plain = plain(sample("generated.jsonl"), sample("generated.watch"));

    assertThat(plain).isPresent();
    assertThat(plain.get()).hasSizeGreaterThan(200);
    assertThat(plain).isEqualTo(general(sample("generated.jsonl"), sample("generated.watch")));
  }

  @Test
  void whatIsDamagedIsReadAsTheGeneralReaderReadsItOrNotAtAll() throws IOException {
    List<String> lines = sample("generated.jsonl").lines().toList();
    String log = sample("generated.watch");
    int plain = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + DAMAGED; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int from = random.nextInt(lines.size() - 8);
      String some = String.join("\n", lines.subList(from, from + 1 + random.nextInt(7))) + "\n";
      String damaged = damaged(some, random);
      String damagedLog = random.nextInt(4) == 0 ? damaged(log.substring(0, 300), random) : log;
      plain += agree(seed, damaged, damagedLog) ? 1 : 0;
    }
    assertThat(plain).isBetween(DAMAGED / 10, DAMAGED * 9 / 10);
  }

  @FuzzTest(maxDuration = "1m")
  void anythingIsReadAsTheGeneralReaderReadsItOrNotAtAll(byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory("plain");
    try {
      directory = folder;
      agree(0, new String(bytes, StandardCharsets.ISO_8859_1), "");
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /** Whether it was plain. */
  private boolean agree(long seed, String operations, String log) throws IOException {
    Optional<List<String>> plain = plain(operations, log);
    if (plain.isPresent()) {
      assertThat(plain).as("seed %d:%n%s", seed, operations).isEqualTo(general(operations, log));
    }
    return plain.isPresent();
  }

  private static String damaged(String text, SplittableRandom random) {
    StringBuilder damaged = new StringBuilder(text);
    String bytes = "0123456789-,:{}[]\"\\ .eEkuyt\u00e9\n";
    for (int i = random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(damaged.length());
      char c = bytes.charAt(random.nextInt(bytes.length()));
      switch (random.nextInt(3)) {
        case 0 -> damaged.setCharAt(at, c);
        case 1 -> damaged.insert(at, c);
        default -> damaged.deleteCharAt(at);
      }
    }
    return damaged.toString();
  }

  private Optional<List<String>> plain(String operations, String log) throws IOException {
    try (PlainHistgen source = new PlainHistgen(file(operations, log))) {
      return rendered(source);
    }
  }

  private Optional<List<String>> general(String operations, String log) throws IOException {
    try (HistgenPass pass = new HistgenPass(file(operations, log))) {
      List<Operation> all = new ArrayList<>();
      pass.operations(all::add);
      Iterator<List<Operation>> once =
          (all.isEmpty() ? List.<List<Operation>>of() : List.of(all)).iterator();
      return rendered(
          new PlainEntries(
              new PlainEntries.Entries() {
                @Override
                public List<Operation> operations() {
                  return once.hasNext() ? once.next() : List.of();
                }

                @Override
                public Iterator<Watch> watches() {
                  return pass.watches();
                }

                @Override
                public HistoryPass.Extent extent() {
                  return new HistoryPass.Extent(0, 0);
                }

                @Override
                public boolean whole() {
                  return true;
                }

                @Override
                public void close() {}
              }));
    }
  }

  /** All that a source tells, in words; empty if it is not plain. */
  private static Optional<List<String>> rendered(PlainSource source) throws IOException {
    PlainTape tape = new PlainTape();
    PlainLog log = new PlainLog();
    List<String> lines = new ArrayList<>();
    long position = 0;
    Fill filled = Fill.MORE;
    while (filled == Fill.MORE) {
      filled = source.fill(tape, log);
      if (filled == Fill.NOT_PLAIN) {
        return Optional.empty();
      }
    }
    // All at the end, when all keys are known: ranges are told by the keys in them.
    while (position < tape.end()) {
      int at = tape.index(position);
      lines.add(operation(tape.longs(), at, source.keys()));
      position += tape.longs()[at + PlainTape.SIZE];
    }
    while (log.hasNext()) {
      lines.add(revision(log.longs(), log.next(), source.keys()));
      log.advance();
    }
    return Optional.of(lines);
  }

  private static String operation(long[] longs, int at, PlainKeys keys) {
    StringBuilder words = new StringBuilder();
    words.append(Arrays.toString(Arrays.copyOfRange(longs, at + 1, at + PlainTape.HEAD)));
    long shape = longs[at + PlainTape.SHAPE];
    int step = at + PlainTape.HEAD;
    for (int i = PlainTape.conditions(shape); i > 0; i--) {
      words.append(" if ").append(keys.name((int) longs[step])).append('=').append(longs[step + 1]);
      step += 2;
    }
    for (int i = PlainTape.steps(shape) + PlainTape.otherSteps(shape); i > 0; i--) {
      int length = PlainTape.length(longs, step);
      int subject = PlainTape.subject(longs[step]);
      words.append(" step ").append(PlainTape.kind(longs[step])).append(' ');
      if (PlainTape.kind(longs[step]) == PlainTape.RANGE) {
        TreeSet<String> within = new TreeSet<>();
        for (int key = 0; key < keys.size(); key++) {
          if (keys.inRange(key, subject)) {
            within.add(keys.name(key));
          }
        }
        words.append(within);
        words.append(longs[step + 1]).append('/').append(longs[step + 2]);
        for (int kv = step + 4; kv < step + length; kv += PlainTape.KEY_VALUE) {
          words.append(' ').append(keys.name((int) longs[kv]));
          words.append(Arrays.toString(Arrays.copyOfRange(longs, kv + 1, kv + 5)));
        }
      } else {
        words.append(keys.name(subject));
        words.append(Arrays.toString(Arrays.copyOfRange(longs, step + 1, step + length)));
      }
      step += length;
    }
    assertThat(step).isEqualTo(at + (int) longs[at + PlainTape.SIZE]);
    return words.toString();
  }

  private static String revision(long[] longs, int at, PlainKeys keys) {
    StringBuilder words = new StringBuilder("revision " + longs[at]);
    for (int i = 0; i < longs[at + 1]; i++) {
      int event = at + PlainLog.HEAD + i * PlainLog.EVENT;
      words
          .append(' ')
          .append(keys.name((int) longs[event]))
          .append('=')
          .append(longs[event + 1])
          .append(longs[event + 2] == 1 ? " new" : "");
    }
    return words.toString();
  }

  private Path file(String operations, String log) throws IOException {
    Path file = directory.resolve("h.jsonl");
    Files.writeString(file, operations, StandardCharsets.ISO_8859_1);
    Files.writeString(directory.resolve("h.watch"), log, StandardCharsets.ISO_8859_1);
    return file;
  }

  private static String sample(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PlainHistgenTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
