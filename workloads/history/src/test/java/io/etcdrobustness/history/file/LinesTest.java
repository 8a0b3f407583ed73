package io.etcdrobustness.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinesTest {

  /** More than fits into the buffer, with lines that end anywhere in it. */
  private static final int MANY = 40_000;

  @TempDir private Path folder;

  @Test
  void linesAreWholeWhereverTheBufferEnds() throws IOException {
    List<Long> numbers = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    Lines lines =
        new Lines(
            file(
                IntStream.range(0, MANY)
                    .mapToObj(
                        i -> "{\"n\":%d,\"t\":\"%s%d\"}".formatted(i, i % 7 == 0 ? "ä" : "", i))
                    .collect(Collectors.joining("\n", "", "\n"))));

    lines.forEach(line -> {
      numbers.add(line.number("n"));
      texts.add(line.text("t"));
    });

    assertThat(numbers).isEqualTo(IntStream.range(0, MANY).mapToObj(i -> (long) i).toList());
    assertThat(texts)
        .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> (i % 7 == 0 ? "ä" : "") + i).toList());
    assertThat(lines.tear()).isEqualTo(Lines.Tear.NONE);
    assertThat(lines.number()).isEqualTo(MANY);
  }

  @Test
  void aLineMayBeLongerThanTheBuffer() throws IOException {
    String text = "0123456789".repeat(100_000);

    assertThat(new Lines(file("{\"t\":\"" + text + "\"}\n")).first().orElseThrow().text("t"))
        .isEqualTo(text);
  }

  @Test
  void anErrorFarBehindHasItsLineAndColumn() throws IOException {
    Lines lines = new Lines(file("{\"n\":1}\n".repeat(MANY) + "\n{\"m\":[],\"n\":\"x\"}\n"));

    HistoryFormatException wrong =
        catchThrowableOfType(
            HistoryFormatException.class, () -> lines.forEach(line -> line.number("n")));

    assertThat(wrong.position()).isEqualTo((MANY + 2) + ":13");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("lines.jsonl"), content);
  }
}
