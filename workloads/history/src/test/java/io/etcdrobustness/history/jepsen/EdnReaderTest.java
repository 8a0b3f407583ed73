package io.etcdrobustness.history.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdnReaderTest {

  private static final Edn KEY = new Edn.Keyword("a");

  @Test
  void everyKindOfValueIsRead() throws IOException {
    assertThat(read("nil true false"))
        .containsExactly(Edn.NIL, new Edn.Bool(true), new Edn.Bool(false));
    assertThat(read("0 -12 +3 7N 0x1F 123456789012345678901234567890"))
        .containsExactly(
            Edn.of(0),
            Edn.of(-12),
            Edn.of(3),
            Edn.of(7),
            Edn.of(31),
            new Edn.Whole(new BigInteger("123456789012345678901234567890")));
    assertThat(read("1.5 -2e10 3.0M 1/3 ##NaN"))
        .containsExactly(
            new Edn.Real("1.5"),
            new Edn.Real("-2e10"),
            new Edn.Real("3.0M"),
            new Edn.Real("1/3"),
            new Edn.Real("##NaN"));
    assertThat(read(":a :jepsen.etcd/b :didn't-succeed + -foo clojure.lang/x"))
        .containsExactly(
            KEY,
            new Edn.Keyword("jepsen.etcd/b"),
            new Edn.Keyword("didn't-succeed"),
            new Edn.Symbol("+"),
            new Edn.Symbol("-foo"),
            new Edn.Symbol("clojure.lang/x"));
    assertThat(read("\\a \\newline \\u00e9 \\( \\o101 \\u"))
        .containsExactly(
            new Edn.Char('a'),
            new Edn.Char('\n'),
            new Edn.Char('é'),
            new Edn.Char('('),
            new Edn.Char('A'),
            new Edn.Char('u'));
    assertThat(read("\"a\\n\\\"\\\\\\u0041\\101é\n\""))
        .containsExactly(new Edn.Text("a\n\"\\AAé\n"));
  }

  @Test
  void collectionsAreReadAndComparedAsClojureDoes() throws IOException {
    assertThat(read("0 [1 (2 3)] (1 [2 3])"))
        .containsExactly(
            Edn.of(0),
            new Edn.Items(List.of(Edn.of(1), new Edn.Items(List.of(Edn.of(2), Edn.of(3))))),
            new Edn.Items(List.of(Edn.of(1), new Edn.Items(List.of(Edn.of(2), Edn.of(3))))));
    assertThat(read("{:a 1, :b nil} #{1 :a} #:x{:a 1}"))
        .containsExactly(
            new Edn.MapOf(Map.of(KEY, Edn.of(1), new Edn.Keyword("b"), Edn.NIL)),
            new Edn.SetOf(Set.of(KEY, Edn.of(1))),
            new Edn.MapOf(Map.of(new Edn.Keyword("x/a"), Edn.of(1))));
    assertThat(
            read(
                "#inst \"2026-01-02\" #jepsen.history.Op{:a 1} #object[x.Y 0x5b \"z\"] #\"a\\\"b\""))
        .containsExactly(
            new Edn.Tagged("inst", new Edn.Text("2026-01-02")),
            new Edn.Tagged("jepsen.history.Op", new Edn.MapOf(Map.of(KEY, Edn.of(1)))),
            new Edn.Tagged(
                "object",
                new Edn.Items(List.of(new Edn.Symbol("x.Y"), Edn.of(0x5b), new Edn.Text("z")))),
            new Edn.Tagged("\"", new Edn.Text("a\\\"b")));
  }

  @Test
  void commentsAndWhatIsDiscardedAreBlank() throws IOException {
    assertThat(read("; a comment\n1 #_ 2 #_ #_ {:a 3} 4 5 {:a #_ b 1} ; the end"))
        .containsExactly(Edn.of(1), Edn.of(5), new Edn.MapOf(Map.of(KEY, Edn.of(1))));
    assertThat(read(" ; nothing")).isEmpty();
  }

  @Test
  void aFileMayBeOneVectorOfValues() throws IOException {
    assertThat(read("[1 2 [3]]"))
        .containsExactly(Edn.of(1), Edn.of(2), new Edn.Items(List.of(Edn.of(3))));
    assertThat(read("(1)\n")).containsExactly(Edn.of(1));
  }

  @Test
  void theTextOfAValueIsReadAsTheSameValue() throws IOException {
    String text = "{:a [1 2.5 \"x\\n\\\"\" \\u0041 nil], #{1 2} #t (sym true)}";
    Edn value = read("0 " + text).get(1);

    assertThat(read("0 " + value.text()).get(1)).isEqualTo(value);
    assertThat(read("0 #{2 1}").get(1).text()).isEqualTo("#{1 2}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          1 {:a          | 1:3 | the file ends inside of what begins here
          1 [1 2)        | 1:8 | ')' closes what began at 1:3
          1 ]            | 1:3 | ']' closes nothing
          [1] 2          | 1:5 | expected the end of the file
          1 {:a}         | 1:3 | the last key of this map has no value
          1 {:a 1 :a 2}  | 1:3 | key :a stands twice
          1 #{1 1}       | 1:3 | item 1 stands twice
          1 "ab          | 1:3 | the file ends inside of the string
          1 "\\q"        | 1:5 | there is no escape \\q
          1 \\foo        | 1:3 | there is no character \\foo
          1 012          | 1:3 | expected a number
          1 1x           | 1:3 | expected a number
          1 1/0          | 1:3 | expected a number
          1 ::a          | 1:3 | expected a keyword
          1 #            | 1:3 | expected a tag
          1 #foo         | 1:3 | the file ends behind #foo
          1 [#_]         | 1:4 | expected a value behind #_
          1 ##Foo        | 1:3 | expected ##NaN
          1 @a           | 1:3 | '@' begins no value
          """)
  void whatIsNoEdnIsToldWithItsPlace(String text, String at, String why) {
    HistoryFormatException wrong = failure(text.replace("\\\\", "\\"));

    assertThat(wrong).hasMessageContaining(why.replace("\\\\", "\\"));
    assertThat(wrong.position()).isEqualTo(at);
  }

  @Test
  void linesAreCounted() {
    assertThat(failure("{:a 1}\n{:a\n 1x}").position()).isEqualTo("3:2");
  }

  @Test
  void whatNestsTooDeepIsRefusedAndNotAFailureOfTheStack() {
    assertThat(failure("0 " + "[".repeat(100_000))).hasMessageContaining("nested deeper than");
    assertThat(failure("0 " + "#_ ".repeat(100_000))).hasMessageContaining("nested deeper than");
    assertThat(failure("0 " + "#a ".repeat(100_000))).hasMessageContaining("nested deeper than");
    assertThat(failure("1".repeat(2_000))).hasMessageContaining("more than 1000 digits");
  }

  private static List<Edn> read(String text) throws IOException {
    List<Edn> values = new ArrayList<>();
    new EdnReader(Path.of("h.edn"), new StringReader(text))
        .forEach((at, value) -> values.add(value));
    return values;
  }

  private static HistoryFormatException failure(String text) {
    return catchThrowableOfType(HistoryFormatException.class, () -> read(text));
  }
}
