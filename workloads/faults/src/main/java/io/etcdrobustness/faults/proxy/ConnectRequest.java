package io.etcdrobustness.faults.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The request that opens a tunnel ({@code CONNECT host:port HTTP/1.1}, RFC 9110 §9.3.6).
 *
 * @param host as the client named it
 */
record ConnectRequest(String host, int port) {

  /** No head of a request is longer; a client that sends more is no member. */
  private static final int LONGEST = 8 * 1024;

  /**
   * Reads the head of a request, and not one byte more.
   *
   * @throws IOException if it is no CONNECT, too long, or ends early
   */
  static ConnectRequest read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended within the head of a request");
      }
      if (head.length() >= LONGEST) {
        throw new IOException("the head of a request is longer than " + LONGEST + " bytes");
      }
      head.append((char) next);
    }
    return parse(head.substring(0, head.indexOf("\r\n")));
  }

  static ConnectRequest parse(String line) throws IOException {
    String[] words = line.split(" ", -1);
    int colon = words.length == 3 ? words[1].lastIndexOf(':') : -1;
    if (colon <= 0 || !words[0].equals("CONNECT") || !words[2].startsWith("HTTP/1.")) {
      throw new IOException("not a CONNECT of HTTP/1: " + printable(line));
    }
    try {
      int port = Integer.parseInt(words[1].substring(colon + 1));
      if (port < 1 || port > 65_535) {
        throw new IOException("no such port: " + printable(line));
      }
      return new ConnectRequest(words[1].substring(0, colon), port);
    } catch (NumberFormatException wrong) {
      throw new IOException("no number as port: " + printable(line), wrong);
    }
  }

  private static String printable(String line) {
    String start = line.substring(0, Math.min(100, line.length()));
    return new String(start.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII)
        .replaceAll("\\p{Cntrl}", "?");
  }
}
