package io.etcdrobustness.runs.report;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Answers with what lies in a report's folder: its page, its files, and lists of its folders. What
 * is hidden, a link, or outside is not there.
 */
public final class ReportFiles {

  private static final String PLAIN = "text/plain; charset=utf-8";

  private ReportFiles() {}

  /**
   * Answers a GET or HEAD.
   *
   * @param root that nothing leads out of
   * @param path decoded, below {@code root}, without a slash at its beginning; a folder's page is
   *     its {@code index.html}, or with the query {@code files} the list of what it holds
   */
  public static void answer(HttpExchange exchange, Path root, String path) throws IOException {
    Optional<Path> found = find(root, path);
    if (found.isEmpty()) {
      Answer.text(exchange, 404, "There is no such file in this report.");
      return;
    }
    Path file = found.get();
    if (!Files.isDirectory(file)) {
      send(exchange, file);
    } else if (!path.isEmpty() && !path.endsWith("/")) {
      Answer.redirect(exchange, 301, exchange.getRequestURI().getRawPath() + "/");
    } else {
      Path index = file.resolve("index.html");
      boolean list = "files".equals(exchange.getRequestURI().getRawQuery());
      if (!list && Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)) {
        send(exchange, index);
      } else {
        Answer.page(exchange, 200, list(file, path));
      }
    }
  }

  /** The file or folder that {@code path} names; never one that it reaches by a trick. */
  public static Optional<Path> find(Path root, String path) {
    Path file = root;
    String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    for (String name : trimmed.isEmpty() ? new String[0] : trimmed.split("/", -1)) {
      // A name that begins with a dot is hidden, ".", or "..".
      if (name.isEmpty() || name.startsWith(".") || name.chars().anyMatch(c -> c < ' ')) {
        return Optional.empty();
      }
      file = file.resolve(name);
      if (Files.isSymbolicLink(file)) {
        return Optional.empty();
      }
    }
    boolean there =
        Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
            || (!path.endsWith("/") && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
    return there ? Optional.of(file) : Optional.empty();
  }

  /**
   * The end of a file.
   *
   * @param skipped bytes before it
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares it
  public record End(long skipped, byte[] bytes) {}

  /** The last bytes of {@code file}, at most {@code most} of them. */
  public static End end(Path file, int most) throws IOException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long skipped = Math.max(0, channel.size() - most);
      channel.position(skipped);
      return new End(skipped, Channels.newInputStream(channel).readNBytes(most));
    }
  }

  private static void send(HttpExchange exchange, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      long size = Files.size(file);
      Answer.foreign(exchange, type(String.valueOf(file.getFileName())));
      try (OutputStream out = Answer.begin(exchange, 200, size)) {
        if (!Answer.isHead(exchange)) {
          // A log may grow meanwhile; what was promised is what is sent.
          copy(in, out, size);
        }
      }
    } catch (NoSuchFileException gone) {
      Answer.text(exchange, 404, "This report has just been deleted.");
    }
  }

  private static void copy(InputStream in, OutputStream out, long size) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = size;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("the file has become shorter while it was sent");
      }
      out.write(buffer, 0, n);
      left -= n;
    }
  }

  /** The type that a browser shows best; what is not known is saved, not shown. */
  static String type(String name) {
    int dot = name.lastIndexOf('.');
    return switch (name.substring(dot + 1).toLowerCase(Locale.ROOT)) {
      case "html" -> "text/html; charset=utf-8";
      case "json" -> "application/json";
      case "xml" -> "text/xml; charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "png" -> "image/png";
      case "jsonl", "log", "txt", "md", "yaml", "yml", "prom", "java" -> PLAIN;
      default -> "application/octet-stream";
    };
  }

  private static String list(Path folder, String path) throws IOException {
    long folders = path.chars().filter(c -> c == '/').count();
    StringBuilder body = new StringBuilder();
    body.append(
        "<p><a href=\"%s\">the report</a></p>\n"
            .formatted(folders == 0 ? "./" : "../".repeat((int) folders)));
    body.append("<div class=\"panel\"><table><tbody>\n");
    if (!path.isEmpty()) {
      body.append("<tr><td><a href=\"../?files\">the folder above</a></td><td></td></tr>\n");
    }
    List<Path> held;
    try (Stream<Path> all = Files.list(folder)) {
      held =
          all.filter(file -> !Files.isSymbolicLink(file))
              .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
              .sorted()
              .toList();
    }
    for (Path file : held) {
      boolean isFolder = Files.isDirectory(file);
      String name = String.valueOf(file.getFileName());
      body.append(
          "<tr><td><a href=\"./%s%s\">%s%s</a></td><td class=\"n\">%s</td></tr>\n"
              .formatted(
                  Html.encode(name),
                  isFolder ? "/?files" : "",
                  Html.escape(name),
                  isFolder ? "/" : "",
                  isFolder ? "" : Html.size(Files.size(file))));
    }
    body.append("</tbody></table></div>\n");
    return Html.page("Files" + (path.isEmpty() ? "" : " in " + path), body.toString());
  }
}
