package io.etcdrobustness.history.etcd;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys, values and errors as they stand in the suite's files ({@code robustness/model/types.go}).
 */
final class EtcdParts {

  /** Values of so many bytes are recorded as a hash, except in the requests of a txn. */
  private static final int HASHED_FROM = 20;

  private static final Pattern STATUS =
      Pattern.compile("rpc error: code = (\\w+) desc = .*", Pattern.DOTALL);

  private EtcdParts() {}

  /** A Go string, which the suite writes as UTF-8, as a byte string. */
  static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * The value {@code {"Value":…}} or {@code {"Hash":…}} in field {@code name}.
   *
   * <p>A value that is not hashed although it is long gets hashed here: the suite records the puts
   * of a txn as they are ({@code toEtcdOperation} in {@code model/history.go}) and the answers that
   * hold the same value as hashes, and the two must stay equal.
   */
  static String value(JsonObject in, String name) throws HistoryFormatException {
    JsonObject value = in.object(name);
    long hash = value.number("Hash", 0);
    if (hash != 0) {
      return token(hash);
    }
    String bytes = bytes(value.textOrEmpty("Value"));
    return bytes.length() < HASHED_FROM ? bytes : token(fnv32a(bytes));
  }

  /**
   * What the suite does not tell, it does not tell: creation, lease, and the version before 2024.
   */
  static KeyValue keyValue(String key, JsonObject in) throws HistoryFormatException {
    return new KeyValue(
        key,
        value(in, "Value"),
        KeyValue.NOT_RECORDED,
        in.number("ModRevision", 0),
        in.number("Version", KeyValue.NOT_RECORDED),
        KeyValue.NOT_RECORDED);
  }

  /** An error text of Go's etcd client. */
  static Failure failure(String text) {
    Matcher status = STATUS.matcher(text);
    String code = status.matches() ? constantName(status.group(1)) : "";
    return new Failure(kind(text, code), code, text);
  }

  private static Failure.Kind kind(String text, String code) {
    if (text.contains("mvcc: required revision has been compacted")) {
      return Failure.Kind.COMPACTED;
    }
    if (text.contains("mvcc: required revision is a future revision")) {
      return Failure.Kind.FUTURE_REVISION;
    }
    if (text.contains("requested lease not found")) {
      return Failure.Kind.LEASE_NOT_FOUND;
    }
    if (text.contains("database space exceeded")) {
      return Failure.Kind.NO_SPACE;
    }
    if (text.contains("too many requests")) {
      return Failure.Kind.TOO_MANY_REQUESTS;
    }
    if (text.contains("corrupt cluster")) {
      return Failure.Kind.CORRUPT;
    }
    if (code.equals("UNIMPLEMENTED")) {
      return Failure.Kind.UNIMPLEMENTED;
    }
    return text.contains("context deadline exceeded") ? Failure.Kind.DEADLINE : Failure.Kind.OTHER;
  }

  /** {@code DeadlineExceeded} as {@code DEADLINE_EXCEEDED}. */
  private static String constantName(String goName) {
    return goName.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  private static String token(long hash) {
    return "fnv32a:" + hash;
  }

  /** FNV-1a of 32 bits (Fowler, Noll, Vo), as Go's {@code hash/fnv.New32a}. */
  private static long fnv32a(String bytes) {
    int hash = 0x811c9dc5;
    for (int i = 0; i < bytes.length(); i++) {
      hash = (hash ^ bytes.charAt(i)) * 0x01000193;
    }
    return Integer.toUnsignedLong(hash);
  }
}
