package io.etcdrobustness.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link PlainJson} parses, {@link JsonText} parses alike. */
class PlainJsonTest {

  private static final Path FILE = Path.of("file");

  private final PlainJson plain = new PlainJson();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " {\"a\" : 1 , \"b\":\"text\",\"c\":[],\"d\":[ 1, {\"e\":null}, [true,false] ]} ",
        "{\"a\":0,\"b\":-1,\"c\":999999999999999999,\"d\":-999999999999999999}",
        "{\"\":\"\"}",
        "{\"a\":\"b\\u0000\\u00fF\\ud800c\\n\\r\\t\\b\\f\\/\\\"\\\\\"}",
        "{\"a\":{\"a\":{\"a\":{}}}}\r"
      })
  void plainObjectsAreParsed(String text) {
    assertThat(byPlain(text)).isPresent().isEqualTo(byJackson(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "[",
        "{",
        "{}{}",
        "{} x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":-0}",
        "{\"a\":1.5}",
        "{\"a\":1e5}",
        "{\"a\":1000000000000000000}",
        "{\"a\":1x}",
        "{\"a\":1",
        "{\"a\":truex}",
        "{\"a\":tru",
        "{\"a\":nulL}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u00g0\"}",
        "{\"a\":\"\\u00",
        "{\"a\":\"\\n\u0001\"}",
        "{\"a\":\"\\",
        "{\"a\":\"\t\"}",
        "{\"a\":\"ä\"}",
        "{\"a\":\"",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1 \"b\":2}",
        "{a:1}"
      })
  void theRestIsLeftToTheOther(String text) {
    assertThat(byPlain(text)).isEmpty();
  }

  @Test
  void whatTheWriterWritesIsPlainUnlessItIsNotAscii() {
    String line =
        """
        {"id":12,"client":3,"member":"m0","call":1000,"end":2000,\
        "do":{"put":{"key":"k1","value":"c3-17"}},"ok":{"put":{"rev":12,"term":2}}}\
        """;

    assertThat(byPlain(line)).isPresent().isEqualTo(byJackson(line));
  }

  @Test
  void damagedLinesAreNeverParsedDifferently() {
    for (int seed = 0; seed < 20_000; seed++) {
      String text = damaged(new Random(seed));
      Optional<String> parsed = byPlain(text);
      if (parsed.isPresent()) {
        assertThat(parsed).as("seed %d: %s", seed, text).isEqualTo(byJackson(text));
      }
    }
  }

  @FuzzTest(maxDuration = "1m")
  void anyBytes(byte[] bytes) {
    Optional<String> parsed = byPlain(bytes);
    if (parsed.isPresent() && indexOfLineFeed(bytes) < 0) {
      assertThat(parsed).isEqualTo(byJackson(bytes));
    }
  }

  private static int indexOfLineFeed(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\n');
  }

  private static String damaged(Random random) {
    StringBuilder text = new StringBuilder(object(random, 0));
    for (int i = random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, "{}[]\",: 0-9.e\\tnx\u0001ä".charAt(random.nextInt(19)));
        default -> text.setLength(at + 1);
      }
      if (text.isEmpty()) {
        return "";
      }
    }
    return text.toString();
  }

  private static String object(Random random, int depth) {
    List<String> fields = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      fields.add("\"%c\":%s".formatted('a' + random.nextInt(5), value(random, depth)));
    }
    return "{" + String.join(random.nextBoolean() ? "," : " , ", fields) + "}";
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth > 3 ? 5 : 7)) {
      case 0 -> String.valueOf(random.nextLong() >> random.nextInt(64));
      case 1 -> "\"" + "ab\\n\\u00e4cdefgh".substring(random.nextInt(8)) + "\"";
      case 2 -> "true";
      case 3 -> "false";
      case 4 -> "null";
      case 5 -> object(random, depth + 1);
      default -> "[" + value(random, depth + 1) + "," + value(random, depth + 1) + "]";
    };
  }

  private Optional<String> byPlain(String text) {
    return byPlain(text.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<String> byPlain(byte[] text) {
    byte[] bytes = Arrays.copyOf(text, text.length + 1);
    bytes[text.length] = '\n';
    return Optional.ofNullable(plain.parseLine(new JsonText(FILE, bytes), bytes, 0, bytes.length))
        .map(JsonObject::toString);
  }

  private static Optional<String> byJackson(String text) {
    return byJackson(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Empty: an error. */
  private static Optional<String> byJackson(byte[] bytes) {
    try {
      return Optional.of(new JsonText(FILE, bytes).single().toString());
    } catch (IOException wrong) {
      return Optional.empty();
    }
  }
}
