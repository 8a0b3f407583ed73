package io.etcdrobustness.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A tape counts tokens as Jackson does, without having seen them. */
class JsonTapeTest {

  @Test
  void theTokensOfValuesAreThoseOfTheText() throws IOException {
    for (int seed = 0; seed < 1_000; seed++) {
      StringBuilder text = new StringBuilder();
      JsonTape tape = new JsonTape();
      object(new Random(seed), text, tape, "", 0);

      List<Integer> expected = tokensOfValues(text.toString());
      for (int value = 0; value < expected.size(); value++) {
        assertThat(tape.token(value))
            .as("seed %d: value %d of %s", seed, value, text)
            .isEqualTo(expected.get(value));
      }
      assertThat(tape.endOf(0)).as("seed %d: %s", seed, text).isEqualTo(expected.size());
    }
  }

  private static List<Integer> tokensOfValues(String text) throws IOException {
    List<Integer> tokens = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      int number = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue() || token.isStructStart()) {
          tokens.add(number);
        }
        number++;
      }
    }
    return tokens;
  }

  private static void object(
      Random random, StringBuilder text, JsonTape tape, String name, int depth) {
    int object = tape.begin(name, JsonTape.OBJECT);
    text.append('{');
    int fields = random.nextInt(4);
    for (int i = 0; i < fields; i++) {
      String field = i == 0 ? "" : "f" + i;
      text.append(i == 0 ? "" : ",").append('"').append(field).append("\":");
      value(random, text, tape, field, depth);
    }
    text.append('}');
    tape.end(object);
  }

  private static void list(
      Random random, StringBuilder text, JsonTape tape, String name, int depth) {
    int list = tape.begin(name, JsonTape.LIST);
    text.append('[');
    int items = random.nextInt(4);
    for (int i = 0; i < items; i++) {
      text.append(i == 0 ? "" : ",");
      value(random, text, tape, "", depth);
    }
    text.append(']');
    tape.end(list);
  }

  private static void value(
      Random random, StringBuilder text, JsonTape tape, String name, int depth) {
    switch (random.nextInt(depth > 3 ? 3 : 5)) {
      case 0 -> {
        text.append("17");
        tape.addNumber(name, 17);
      }
      case 1 -> {
        text.append("\"text\"");
        tape.addText(name, JsonTape.ASCII, "text");
      }
      case 2 -> {
        text.append("null");
        tape.add(name, JsonTape.NULL);
      }
      case 3 -> object(random, text, tape, name, depth + 1);
      default -> list(random, text, tape, name, depth + 1);
    }
  }
}
