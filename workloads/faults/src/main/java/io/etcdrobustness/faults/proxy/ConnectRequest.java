package io.etcdrobustness.faults.proxy;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The head of a request to an HTTP proxy (RFC 9110, section 9.3.6), as far as it matters here. */
sealed interface ConnectRequest {

  /** Asks for a tunnel to {@code authority}, {@code host:port} in lower case. */
  record Connect(String authority) implements ConnectRequest {}

  /** Anything else; {@code status} is the answer. */
  record Refused(String status) implements ConnectRequest {}

  /** The longest head that is read; Go's is below 300 bytes. */
  int LONGEST_HEAD = 8 << 10;

  /** What {@code head}, the lines up to the empty one, asks for. */
  static ConnectRequest parse(String head) {
    int end = head.indexOf("\r\n");
    Matcher line = RequestLine.SHAPE.matcher(end < 0 ? head : head.substring(0, end));
    if (!line.matches()) {
      return new Refused("400 Bad Request");
    }
    if (!line.group("method").equals("CONNECT")) {
      return new Refused("405 Method Not Allowed");
    }
    String target = line.group("target");
    if (!RequestLine.AUTHORITY.matcher(target).matches()) {
      return new Refused("400 Bad Request");
    }
    return new Connect(target.toLowerCase(Locale.ROOT));
  }

  /** The shapes of the first line. */
  final class RequestLine {
    private static final Pattern SHAPE =
        Pattern.compile("(?<method>[A-Z]{1,16}) (?<target>[!-~]{1,1024}) HTTP/1\\.[01]");
    private static final Pattern AUTHORITY =
        Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}");

    private RequestLine() {}
  }
}
