package io.etcdrobustness.runs.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The page of a report around its data: alone in a file, or in a browser of reports with a way back
 * and with what lies beside it. The data of a stored page are put into a page of ours; nothing else
 * of it is shown, since whoever wrote it is not trusted.
 */
public final class ReportTemplate {

  private static final String TEMPLATE =
      Resource.text("report.html").replace("/*STYLE*/", Html.STYLE);

  private static final String DATA_BEGINS = "<script id=\"data\" type=\"application/json\">";
  private static final String SCRIPT_ENDS = "</script>";
  private static final String SCRIPT_BEGINS = "<script>";

  /** The script that draws. */
  static final String SCRIPT = between(TEMPLATE, SCRIPT_BEGINS).orElseThrow();

  /** Reports have at most a megabyte; what is larger is not one. */
  private static final long LONGEST = 8 << 20;

  private ReportTemplate() {}

  /**
   * What a browser of reports adds.
   *
   * @param before the report, as HTML
   * @param minimal the smallest counterexamples, as HTML; may be empty
   * @param logs members' logs, as HTML
   */
  public record Around(String before, String minimal, String logs) {

    static final Around NOTHING = new Around("", "", "");
  }

  /** The page alone. */
  static String alone(String title, String json) {
    return filled(title, json, Around.NOTHING);
  }

  /**
   * The page of a stored report among others.
   *
   * @param json as {@link #data} found it
   */
  public static String among(String title, String json, Around around) {
    return filled(title, json, around);
  }

  private static String filled(String title, String json, Around around) {
    // The data go in last: nothing that stands in them is taken for a place to fill.
    int data = TEMPLATE.indexOf("/*DATA*/");
    return TEMPLATE
            .substring(0, data)
            .replace("/*TITLE*/", Html.escape(title))
            .replace("<!--BEFORE-->", around.before)
            .replace("<!--MINIMAL-->", around.minimal)
            .replace("<!--LOGS-->", around.logs)
        // A "</script>" in a key or value must not end the data.
        + json.replace("<", "\\u003c")
        + TEMPLATE.substring(data + "/*DATA*/".length());
  }

  /**
   * The data of the page in the report's folder; empty if there is none, or it is not one of ours.
   */
  public static Optional<String> data(Path folder) throws IOException {
    Path page = folder.resolve("index.html");
    if (!Files.isRegularFile(page, LinkOption.NOFOLLOW_LINKS) || Files.size(page) > LONGEST) {
      return Optional.empty();
    }
    String html = new String(Files.readAllBytes(page), StandardCharsets.UTF_8);
    return between(html, DATA_BEGINS).filter(ReportTemplate::isOneObject);
  }

  private static Optional<String> between(String text, String begins) {
    int begin = text.indexOf(begins);
    int end = begin < 0 ? -1 : text.indexOf(SCRIPT_ENDS, begin);
    return end < 0 ? Optional.empty() : Optional.of(text.substring(begin + begins.length(), end));
  }

  private static boolean isOneObject(String json) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    } catch (IOException broken) {
      return false;
    }
  }
}
