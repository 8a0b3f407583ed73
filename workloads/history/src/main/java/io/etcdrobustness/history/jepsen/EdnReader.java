package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.IOException;
import java.io.Reader;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads EDN (github.com/edn-format/edn) value by value, never more than one of the outermost at a
 * time.
 *
 * <p>Besides EDN it reads what Clojure's printer writes and Jepsen's histories may hold: ratios,
 * {@code ##NaN}, hex numbers ({@code #object[…]} has them), patterns {@code #"…"}, and maps with a
 * namespace {@code #:ns{…}}.
 */
final class EdnReader {

  /** Deeper nesting is no history. */
  private static final int DEEPEST = 500;

  /** The most digits of a number, as of {@code JsonText}. */
  private static final int LONGEST_NUMBER = 1000;

  private static final int END = -1;

  private static final Pattern WHOLE = Pattern.compile("[+-]?(0|[1-9][0-9]*)N?");
  private static final Pattern HEX = Pattern.compile("[+-]?0[xX][0-9a-fA-F]+");
  private static final Pattern REAL =
      Pattern.compile("[+-]?(0|[1-9][0-9]*)(\\.[0-9]*)?([eE][+-]?[0-9]+)?M?");
  private static final Pattern RATIO = Pattern.compile("[+-]?[0-9]+/[0-9]*[1-9][0-9]*");

  private final Path file;
  private final Reader in;
  private int next;
  private long line = 1;
  private long column = 1;
  private int depth;
  private String start = "1:1";

  /**
   * Reads {@code in}.
   *
   * @param file what errors call it
   */
  EdnReader(Path file, Reader in) throws IOException {
    this.file = file;
    this.in = in;
    next = take();
  }

  /** A closing bracket is no value. */
  private sealed interface Form {
    record Value(Edn value) implements Form {}

    record Close(char bracket) implements Form {}

    record End() implements Form {}
  }

  /** Takes the outermost values, one by one. */
  interface Visitor {

    /**
     * Takes the next value.
     *
     * @param at where it begins, as {@code line:column}
     */
    void visit(String at, Edn value) throws IOException;
  }

  /**
   * Reads all values of the file; where it is one vector or list, the items of that.
   *
   * @throws HistoryFormatException with line and column, if it is no EDN, or ends inside of a value
   */
  void forEach(Visitor visitor) throws IOException {
    blank();
    boolean inOne = next == '[' || next == '(';
    char closing = next == '[' ? ']' : ')';
    String opened = position();
    if (inOne) {
      advance();
    }
    while (true) {
      switch (form()) {
        case Form.Value(Edn value) -> visitor.visit(start, value);
        case Form.Close(char bracket) -> {
          if (!inOne || bracket != closing) {
            throw error(start, "'" + bracket + "' closes nothing");
          }
          if (!(form() instanceof Form.End)) {
            throw error(start, "expected the end of the file behind what began at " + opened);
          }
          return;
        }
        case Form.End() -> {
          if (inOne) {
            throw error(opened, "the file ends inside of what begins here");
          }
          return;
        }
      }
    }
  }

  private Form form() throws IOException {
    while (true) {
      blank();
      String at = position();
      if (depth == 0) {
        start = at;
      }
      if (next == END) {
        return new Form.End();
      }
      char first = (char) next;
      switch (first) {
        case ')', ']', '}' -> {
          advance();
          return new Form.Close(first);
        }
        case '(' -> {
          return value(new Edn.Items(items(at, ')')));
        }
        case '[' -> {
          return value(new Edn.Items(items(at, ']')));
        }
        case '{' -> {
          return value(map(at));
        }
        case '"' -> {
          return value(new Edn.Text(string(at)));
        }
        case '\\' -> {
          return value(character(at));
        }
        case '#' -> {
          Optional<Edn> dispatched = dispatch(at);
          if (dispatched.isPresent()) {
            return value(dispatched.get());
          }
        }
        default -> {
          return value(atom(at, token()));
        }
      }
    }
  }

  private static Form value(Edn value) {
    return new Form.Value(value);
  }

  /** What begins with #; nothing for {@code #_ value}, which is as good as blank. */
  private Optional<Edn> dispatch(String at) throws IOException {
    advance();
    return switch (next) {
      case '{' -> Optional.of(set(at));
      case '_' -> {
        advance();
        inner(at, "#_");
        yield Optional.empty();
      }
      case '#' -> {
        advance();
        String name = token();
        if (!Set.of("NaN", "Inf", "-Inf").contains(name)) {
          throw error(at, "expected ##NaN, ##Inf or ##-Inf, found ##" + name);
        }
        yield Optional.of(new Edn.Real("##" + name));
      }
      case '"' -> Optional.of(new Edn.Tagged("\"", new Edn.Text(pattern(at))));
      default -> Optional.of(tagged(at));
    };
  }

  private Edn tagged(String at) throws IOException {
    String tag = token();
    if (tag.isEmpty() || tag.equals(":")) {
      throw error(at, "expected a tag behind #");
    }
    Edn value = inner(at, "#" + tag);
    if (tag.charAt(0) != ':') {
      return new Edn.Tagged(tag, value);
    }
    if (!(value instanceof Edn.MapOf(Map<Edn, Edn> entries))) {
      throw error(at, "expected a map behind #" + tag);
    }
    Map<Edn, Edn> qualified = new LinkedHashMap<>();
    for (Map.Entry<Edn, Edn> entry : entries.entrySet()) {
      Edn key =
          entry.getKey() instanceof Edn.Keyword(String name) && !name.contains("/")
              ? new Edn.Keyword(tag.substring(1) + "/" + name)
              : entry.getKey();
      if (qualified.put(key, entry.getValue()) != null) {
        throw error(at, "key " + key.text() + " stands twice in one map");
      }
    }
    return new Edn.MapOf(qualified);
  }

  /** The value that must follow. */
  private Edn inner(String at, String behind) throws IOException {
    deeper(at);
    Form form = form();
    depth--;
    return switch (form) {
      case Form.Value(Edn value) -> value;
      case Form.Close(char bracket) ->
          throw error(at, "expected a value behind " + behind + ", found '" + bracket + "'");
      case Form.End() -> throw error(at, "the file ends behind " + behind);
    };
  }

  private List<Edn> items(String at, char closing) throws IOException {
    advance();
    deeper(at);
    List<Edn> items = new ArrayList<>();
    while (true) {
      switch (form()) {
        case Form.Value(Edn value) -> items.add(value);
        case Form.Close(char bracket) -> {
          if (bracket != closing) {
            throw error(position(), "'" + bracket + "' closes what began at " + at);
          }
          depth--;
          return items;
        }
        case Form.End() -> throw error(at, "the file ends inside of what begins here");
      }
    }
  }

  private Edn set(String at) throws IOException {
    Set<Edn> items = new LinkedHashSet<>();
    for (Edn item : items(at, '}')) {
      if (!items.add(item)) {
        throw error(at, "item " + shortened(item) + " stands twice in one set");
      }
    }
    return new Edn.SetOf(items);
  }

  private Edn map(String at) throws IOException {
    List<Edn> items = items(at, '}');
    if (items.size() % 2 != 0) {
      throw error(at, "the last key of this map has no value");
    }
    Map<Edn, Edn> entries = new LinkedHashMap<>();
    for (int i = 0; i < items.size(); i += 2) {
      if (entries.put(items.get(i), items.get(i + 1)) != null) {
        throw error(at, "key " + shortened(items.get(i)) + " stands twice in one map");
      }
    }
    return new Edn.MapOf(entries);
  }

  private Edn atom(String at, String token) throws HistoryFormatException {
    if (token.isEmpty()) {
      throw error(at, "expected a value, found '" + (char) next + "'");
    }
    char first = token.charAt(0);
    boolean signed = (first == '+' || first == '-') && token.length() > 1;
    if (Character.isDigit(signed ? token.charAt(1) : first)) {
      return number(at, token);
    }
    if (first == ':') {
      String name = token.substring(1);
      if (name.isEmpty() || name.startsWith(":")) {
        throw error(at, "expected a keyword, found " + token);
      }
      return new Edn.Keyword(name);
    }
    if ("'`~@^".indexOf(first) >= 0) {
      throw error(at, "'" + first + "' begins no value of EDN");
    }
    return switch (token) {
      case "nil" -> Edn.NIL;
      case "true" -> new Edn.Bool(true);
      case "false" -> new Edn.Bool(false);
      default -> new Edn.Symbol(token);
    };
  }

  private Edn number(String at, String token) throws HistoryFormatException {
    if (token.length() > LONGEST_NUMBER) {
      throw error(at, "a number of more than " + LONGEST_NUMBER + " digits");
    }
    if (WHOLE.matcher(token).matches()) {
      return new Edn.Whole(new BigInteger(token.replace("N", "")));
    }
    if (HEX.matcher(token).matches()) {
      return new Edn.Whole(new BigInteger(token.replaceFirst("0[xX]", ""), 16));
    }
    if (REAL.matcher(token).matches() || RATIO.matcher(token).matches()) {
      return new Edn.Real(token);
    }
    throw error(at, "expected a number, found " + token);
  }

  private Edn character(String at) throws IOException {
    advance();
    if (next == END) {
      throw error(at, "the file ends inside of a character");
    }
    StringBuilder name = new StringBuilder();
    // The first char belongs to the name whatever it is: \( and \; are characters.
    name.append((char) next);
    advance();
    name.append(token());
    String text = name.toString();
    if (text.length() == 1) {
      return new Edn.Char(text.charAt(0));
    }
    return new Edn.Char(
        switch (text) {
          case "newline" -> '\n';
          case "return" -> '\r';
          case "space" -> ' ';
          case "tab" -> '\t';
          case "backspace" -> '\b';
          case "formfeed" -> '\f';
          default -> codeOf(at, text);
        });
  }

  private char codeOf(String at, String text) throws HistoryFormatException {
    String digits = text.substring(1);
    if (text.charAt(0) == 'u'
        && digits.length() == 4
        && digits.chars().allMatch(HexFormat::isHexDigit)) {
      return (char) HexFormat.fromHexDigits(digits);
    }
    if (text.charAt(0) == 'o' && digits.matches("[0-3]?[0-7]{1,2}")) {
      return (char) Integer.parseInt(digits, 8);
    }
    throw error(at, "there is no character \\" + text);
  }

  private String string(String at) throws IOException {
    advance();
    StringBuilder text = new StringBuilder();
    while (next != '"') {
      if (next == END) {
        throw error(at, "the file ends inside of the string that begins here");
      }
      char each = (char) next;
      advance();
      text.append(each == '\\' ? escape() : each);
    }
    advance();
    return text.toString();
  }

  private char escape() throws IOException {
    String at = position();
    char kind = (char) next;
    if (kind >= '0' && kind <= '7') {
      return octal();
    }
    advance();
    return switch (kind) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"' -> '"';
      case '\\' -> '\\';
      case 'u' -> {
        StringBuilder digits = new StringBuilder("u");
        while (digits.length() < 5 && next != END && next != '"') {
          digits.append((char) next);
          advance();
        }
        yield codeOf(at, digits.toString());
      }
      default -> throw error(at, "there is no escape \\" + kind);
    };
  }

  private char octal() throws IOException {
    int code = 0;
    for (int digits = 0; digits < 3 && next >= '0' && next <= '7'; digits++) {
      code = code * 8 + (next - '0');
      advance();
    }
    return (char) code;
  }

  /** A pattern has its own escapes, which are kept as they stand. */
  private String pattern(String at) throws IOException {
    advance();
    StringBuilder text = new StringBuilder();
    while (next != '"') {
      if (next == '\\') {
        text.append('\\');
        advance();
      }
      if (next == END) {
        throw error(at, "the file ends inside of the pattern that begins here");
      }
      text.append((char) next);
      advance();
    }
    advance();
    return text.toString();
  }

  private String token() throws IOException {
    StringBuilder token = new StringBuilder();
    while (next != END && !isBlank(next) && "\"\\;()[]{}".indexOf(next) < 0) {
      token.append((char) next);
      advance();
    }
    return token.toString();
  }

  /** Skips white space and comments. */
  private void blank() throws IOException {
    while (isBlank(next) || next == ';') {
      if (next == ';') {
        while (next != END && next != '\n') {
          advance();
        }
      } else {
        advance();
      }
    }
  }

  private static boolean isBlank(int each) {
    return each == ',' || (each != END && Character.isWhitespace((char) each));
  }

  private void deeper(String at) throws HistoryFormatException {
    if (++depth > DEEPEST) {
      throw error(at, "nested deeper than " + DEEPEST);
    }
  }

  private void advance() throws IOException {
    if (next == '\n') {
      line++;
      column = 1;
    } else {
      column++;
    }
    next = take();
  }

  private int take() throws IOException {
    try {
      return in.read();
    } catch (CharacterCodingException notText) {
      throw new HistoryFormatException(file, "", "is no UTF-8 text");
    }
  }

  private String position() {
    return line + ":" + column;
  }

  private static String shortened(Edn value) {
    String text = value.text();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private HistoryFormatException error(String at, String message) {
    return new HistoryFormatException(file, at, message);
  }
}
