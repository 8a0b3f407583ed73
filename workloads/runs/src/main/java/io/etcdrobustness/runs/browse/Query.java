package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tests are asked for, as the parameters of an address say it; what is not understood asks
 * for nothing in particular.
 *
 * @param verdict a {@link Mark}'s label; empty: any
 * @param version a release that a run of theirs ran; empty: any
 * @param name a part of their name; empty: any
 * @param page from 1
 */
record Query(String verdict, String version, String name, int page) {

  private static final int LONGEST = 253;

  /** All of them. */
  static final Query ALL = new Query("", "", "", 1);

  /** What the part of an address behind its question mark asks for. */
  static Query parse(@Nullable String raw) {
    return new Query(
        value(raw, "verdict"),
        value(raw, "version"),
        value(raw, "name").strip(),
        page(value(raw, "page")));
  }

  /** Whether the parameter is there, with a value or without. */
  static boolean has(@Nullable String raw, String name) {
    return parameters(raw).stream()
        .anyMatch(given -> given.equals(name) || given.startsWith(name + "="));
  }

  private static String value(@Nullable String raw, String name) {
    return parameters(raw).stream()
        .filter(given -> given.startsWith(name + "="))
        .map(given -> decoded(given.substring(name.length() + 1)))
        .filter(given -> given.length() <= LONGEST)
        .findFirst()
        .orElse("");
  }

  private static List<String> parameters(@Nullable String raw) {
    return raw == null ? List.of() : List.of(raw.split("&", -1));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }

  private static int page(String text) {
    return text.matches("[0-9]{1,6}") ? Math.max(1, Integer.parseInt(text)) : 1;
  }

  /** The tests that are asked for. */
  List<FleetTest> of(Fleet fleet) {
    return fleet.tests().stream()
        .filter(test -> verdict.isEmpty() || test.mark().label().equals(verdict))
        .filter(test -> version.isEmpty() || test.versions().contains(version))
        .filter(
            test -> test.name().toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT)))
        .toList();
  }

  Query withVerdict(Optional<Mark> mark) {
    return new Query(mark.map(Mark::label).orElse(""), version, name, 1);
  }

  Query withPage(int number) {
    return new Query(verdict, version, name, number);
  }

  /** The address that asks for this, from the page's own on. */
  String href(String from) {
    List<String> parameters = new ArrayList<>();
    add(parameters, "verdict", verdict);
    add(parameters, "version", version);
    add(parameters, "name", name);
    if (page > 1) {
      parameters.add("page=" + page);
    }
    return parameters.isEmpty() ? from : from + "?" + String.join("&", parameters);
  }

  private static void add(List<String> parameters, String name, String value) {
    if (!value.isEmpty()) {
      parameters.add(name + "=" + Html.encode(value));
    }
  }
}
