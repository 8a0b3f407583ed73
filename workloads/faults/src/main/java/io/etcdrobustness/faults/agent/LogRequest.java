package io.etcdrobustness.faults.agent;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a piece of a log is asked for, and how HTTP carries that: {@code GET
 * /v1/log?offset=4096&log=NAME}, where {@code log} may be missing. The answer says what it holds in
 * the headers {@code Log-Name} and {@code Log-Offset}.
 */
final class LogRequest {

  static final String PATH = "/v1/log";
  static final String NAME_HEADER = "Log-Name";
  static final String OFFSET_HEADER = "Log-Offset";

  private static final Pattern QUERY =
      Pattern.compile("offset=(?<offset>\\d{1,18})(&log=(?<log>[0-9a-zA-Z-]{0,64}))?");

  private LogRequest() {}

  static LogPosition parse(String query) throws MalformedMessageException {
    Matcher shape = QUERY.matcher(query);
    if (!shape.matches()) {
      throw new MalformedMessageException(
          "a log is asked for by ?offset=N or ?offset=N&log=NAME, not by ?" + query);
    }
    String log = shape.group("log");
    return new LogPosition(log == null ? "" : log, Long.parseLong(shape.group("offset")));
  }

  /** What the headers of an answer say. */
  static LogPosition position(String name, String offset) throws MalformedMessageException {
    if (name.isEmpty()) {
      throw new MalformedMessageException("the answer names no log");
    }
    return parse("offset=" + offset + "&log=" + name);
  }

  static URI uri(URI server, LogPosition from) {
    return server.resolve(PATH + "?" + query(from));
  }

  static String query(LogPosition from) {
    return "offset=" + from.offset() + "&log=" + from.log();
  }
}
