package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.file.HistoryFormatException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * One line of a Jepsen history: an invocation, a completion, or what the nemesis did.
 *
 * @param file and {@code at}: where it stands, {@code line:column}
 * @param number its place in the file, from 0
 * @param process who did it: a number for clients, a keyword for the nemesis
 * @param f what was done
 * @param value what it was done with, or what came of it
 * @param time nanoseconds since the test began
 * @param error what a client says of a failure; nil if it says nothing
 * @param debug what {@code --debug} adds; nil without
 */
record JepsenOp(
    Path file,
    String at,
    long number,
    Type type,
    Edn process,
    String f,
    Edn value,
    OptionalLong time,
    Edn error,
    Edn debug) {

  /** What an operation says of itself. */
  enum Type {
    /** It begins. */
    INVOKE,
    /** It took effect. */
    OK,
    /** It did not take effect, its client says. */
    FAIL,
    /** It may or may not have taken effect; of the nemesis: it begins, or ended. */
    INFO
  }

  private static final String TAG = "jepsen.history.Op";

  /** Whether {@code value} looks like an operation. */
  static boolean looksLikeOne(Edn value) {
    Edn map = untagged(value);
    return map.has("type") && map.has("process") && map.has("f");
  }

  static JepsenOp of(Path file, String at, long number, Edn form) throws HistoryFormatException {
    Edn map = untagged(form);
    if (!(map instanceof Edn.MapOf)) {
      throw new HistoryFormatException(
          file, at, "expected an operation {:type …, :process …, :f …}, found " + kindOf(form));
    }
    Edn f = map.get("f");
    if (!(f instanceof Edn.Keyword(String name))) {
      throw new HistoryFormatException(file, at, "expected a keyword as :f, found " + f.text());
    }
    Edn time = map.get("time");
    if (!time.isNil() && time.asLong().isEmpty()) {
      throw new HistoryFormatException(
          file, at, "expected a whole number of 64 bits as :time, found " + time.text());
    }
    return new JepsenOp(
        file,
        at,
        number,
        type(file, at, map.get("type")),
        process(file, at, map.get("process")),
        name,
        map.get("value"),
        time.asLong(),
        map.get("error"),
        map.get("debug"));
  }

  /** Whether a client did it, and not the nemesis. */
  boolean ofClient() {
    return process instanceof Edn.Whole;
  }

  /** The client's number. */
  int client() {
    return Math.toIntExact(process.asLong().orElseThrow());
  }

  /** An error in this operation. */
  HistoryFormatException wrong(String message) {
    return new HistoryFormatException(file, at, message);
  }

  private static Type type(Path file, String at, Edn type) throws HistoryFormatException {
    return switch (type) {
      case Edn.Keyword(String name) when name.equals("invoke") -> Type.INVOKE;
      case Edn.Keyword(String name) when name.equals("ok") -> Type.OK;
      case Edn.Keyword(String name) when name.equals("fail") -> Type.FAIL;
      case Edn.Keyword(String name) when name.equals("info") -> Type.INFO;
      case Edn other ->
          throw new HistoryFormatException(
              file, at, "expected :invoke, :ok, :fail or :info as :type, found " + other.text());
    };
  }

  private static Edn process(Path file, String at, Edn process) throws HistoryFormatException {
    boolean client =
        process.asLong().isPresent()
            && process.asLong().getAsLong() >= 0
            && process.asLong().getAsLong() <= Integer.MAX_VALUE;
    if (!client && !(process instanceof Edn.Keyword)) {
      throw new HistoryFormatException(
          file,
          at,
          "expected a whole number from 0 or a keyword as :process, found " + process.text());
    }
    return process;
  }

  private static Edn untagged(Edn form) {
    return form instanceof Edn.Tagged(String tag, Edn value) && tag.equals(TAG) ? value : form;
  }

  private static String kindOf(Edn form) {
    return switch (form) {
      case Edn.Tagged(String tag, Edn value) -> "#" + tag;
      case Edn.Items any -> "a vector or a list";
      case Edn.SetOf any -> "a set";
      case Edn other -> other.text();
    };
  }
}
