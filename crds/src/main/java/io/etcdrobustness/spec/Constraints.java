package io.etcdrobustness.spec;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges a spec by the annotations of its records: the same ones that the CRD's schema is generated
 * from, so that a file and the API server know the same ranges and forms.
 */
final class Constraints {

  /** Forms that have a parser; its words are better than a regular expression. */
  private static final Map<String, Consumer<String>> PARSERS =
      Map.of(
          Quantities.DURATION_PATTERN, Quantities::duration,
          Quantities.RATE_PATTERN, Quantities::perSecond,
          Quantities.BYTES_PATTERN, Quantities::bytes,
          Release.PATTERN, Release::parse,
          TestSpec.ISSUE_PATTERN, Constraints::issue);

  private final List<Problem> problems = new ArrayList<>();

  private Constraints() {}

  /** Everything in {@code spec} that the annotations do not allow. */
  static List<Problem> problems(Record spec) {
    Constraints constraints = new Constraints();
    constraints.fields(spec, "spec");
    return constraints.problems;
  }

  private void fields(Record record, String path) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = Components.value(component, record);
      String field = path + "." + component.getName();
      value(value, component.getAccessor(), field);
      if (value instanceof List<?> items
          && component.getAnnotatedType() instanceof AnnotatedParameterizedType type) {
        AnnotatedElement item = type.getAnnotatedActualTypeArguments()[0];
        for (int i = 0; i < items.size(); i++) {
          value(items.get(i), item, field + "[" + i + "]");
        }
      }
    }
  }

  private void value(@Nullable Object value, AnnotatedElement allowed, String path) {
    switch (value) {
      case Record record -> fields(record, path);
      case String text -> text(text, allowed, path);
      case Integer number -> number(number, allowed, path);
      case Long number -> number(number, allowed, path);
      case List<?> items -> size(items.size(), allowed, path, items.size() == 1 ? "item" : "items");
      case null, default -> {} // Absent, an enum or a boolean: every value of the type is allowed.
    }
  }

  private void text(String text, AnnotatedElement allowed, String path) {
    // The size first: it keeps long texts away from the regular expressions, which recurse.
    if (!size(text.length(), allowed, path, text.length() == 1 ? "character" : "characters")) {
      return;
    }
    Pattern pattern = allowed.getAnnotation(Pattern.class);
    if (pattern == null) {
      return;
    }
    try {
      PARSERS.getOrDefault(pattern.value(), any -> matches(any, pattern.value())).accept(text);
    } catch (IllegalArgumentException wrong) {
      add(path, String.valueOf(wrong.getMessage()));
    }
  }

  private static void matches(String text, String pattern) {
    if (!java.util.regex.Pattern.matches(pattern, text)) {
      throw new IllegalArgumentException("'" + text + "' does not have the form " + pattern);
    }
  }

  private static void issue(String text) {
    if (!text.matches(TestSpec.ISSUE_PATTERN)) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an issue; write project and number, such as etcd-18667");
    }
  }

  private void number(long number, AnnotatedElement allowed, String path) {
    Min min = allowed.getAnnotation(Min.class);
    Max max = allowed.getAnnotation(Max.class);
    if (min != null && number < min.value()) {
      add(path, number + " is less than " + whole(min.value()) + "; write " + range(min, max));
    } else if (max != null && number > max.value()) {
      add(path, number + " is more than " + whole(max.value()) + "; write " + range(min, max));
    }
  }

  private static String range(@Nullable Min min, @Nullable Max max) {
    if (min == null || max == null) {
      return min != null ? "a number of " + whole(min.value()) + " or more" : "a smaller number";
    }
    return "a number from " + whole(min.value()) + " to " + whole(max.value());
  }

  private static String whole(double bound) {
    return Long.toString((long) bound);
  }

  private boolean size(int size, AnnotatedElement allowed, String path, String what) {
    Size bound = allowed.getAnnotation(Size.class);
    if (bound == null || (size >= bound.min() && size <= bound.max())) {
      return true;
    }
    add(
        path,
        size < bound.min()
            ? "has " + size + " " + what + "; write at least " + bound.min()
            : "has " + size + " " + what + "; write at most " + bound.max());
    return false;
  }

  private void add(String path, String message) {
    problems.add(new Problem(path, Quoted.bare(message, 400)));
  }
}
