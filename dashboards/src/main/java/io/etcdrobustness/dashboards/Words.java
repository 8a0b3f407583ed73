package io.etcdrobustness.dashboards;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Numbers that stand for words, since Prometheus holds no words. */
record Words(Map<Integer, Word> words) {

  record Word(String text, Shade shade) {}

  /** Of a test: the greater, the worse, so that the worst comes first. */
  static final Words VERDICTS =
      new Words(Map.of())
          .and(0, "no verdict yet", Shade.QUIET)
          .and(1, "Passed", Shade.GOOD)
          .and(2, "Inconclusive", Shade.DOUBTFUL)
          .and(3, "Error", Shade.UNWELL)
          .and(4, "Failed", Shade.BAD);

  /** Of a run; apart from verdicts, so that both can stand in one panel. */
  static final Words PHASES =
      new Words(Map.of())
          .and(11, "Starting", Shade.QUIET)
          .and(12, "Running", Shade.NEUTRAL)
          .and(13, "Healing", Shade.DOUBTFUL)
          .and(14, "Judging", Shade.UNWELL);

  static final Words FAULTS =
      new Words(Map.of()).and(0, " ", Shade.ABSENT).and(1, "in effect", Shade.TROUBLED);

  static final Words VERSIONS = new Words(Map.of()).and(1, "runs it", Shade.NEUTRAL);

  static final Words PRESENCE =
      new Words(Map.of()).and(0, "no", Shade.QUIET).and(1, "yes", Shade.GOOD);

  Words {
    words = Map.copyOf(words);
  }

  Words and(int number, String text, Shade shade) {
    Map<Integer, Word> more = new LinkedHashMap<>(words);
    more.put(number, new Word(text, shade));
    return new Words(more);
  }

  Words and(Words others) {
    Map<Integer, Word> more = new LinkedHashMap<>(words);
    more.putAll(others.words);
    return new Words(more);
  }

  Map<String, Object> json() {
    Map<String, Object> options = new LinkedHashMap<>();
    new TreeMap<>(words)
        .forEach((number, word) ->
            options.put(
                number.toString(),
                Fields.of(
                    "text", word.text, "color", word.shade.grafana(), "index", options.size())));
    return Fields.of("type", "value", "options", options);
  }
}
