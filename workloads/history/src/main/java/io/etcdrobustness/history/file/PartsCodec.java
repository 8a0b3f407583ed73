package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The parts that records of several families share: headers, keys, failures, facts. */
final class PartsCodec {

  private PartsCodec() {}

  /** Reads the content of an object. */
  interface Reading<T> {
    T read(JsonObject in) throws HistoryFormatException;
  }

  static <T> List<T> readAll(List<JsonObject> objects, Reading<T> reading)
      throws HistoryFormatException {
    List<T> result = new ArrayList<>(objects.size());
    for (JsonObject object : objects) {
      result.add(reading.read(object));
    }
    return result;
  }

  /** The header's fields stand among those of the answer that it belongs to. */
  static void writeHeader(JsonFields out, Header header) throws IOException {
    out.number("rev", header.revision())
        .hex("member", header.memberId())
        .number("term", header.raftTerm())
        .hex("cluster", header.clusterId());
  }

  static Header readHeader(JsonObject in) throws HistoryFormatException {
    return new Header(
        in.hexOrZero("cluster"), in.hexOrZero("member"), in.number("rev", 0), in.number("term", 0));
  }

  static void writeKeyValue(JsonFields out, KeyValue kv) throws IOException {
    out.text("key", kv.key())
        .text("value", kv.value())
        .number("create", kv.createRevision())
        .number("mod", kv.modRevision())
        .number("version", kv.version())
        .number("lease", kv.lease());
  }

  static KeyValue readKeyValue(JsonObject in) throws HistoryFormatException {
    KeyValue kv =
        new KeyValue(
            in.bytes("key"),
            in.bytes("value"),
            in.number("create", 0),
            in.number("mod", 0),
            in.number("version", 0),
            in.number("lease", 0));
    in.finish();
    return kv;
  }

  static void writePrevious(JsonFields out, Optional<KeyValue> previous) throws IOException {
    if (previous.isPresent()) {
      out.object("previous", previous.get(), PartsCodec::writeKeyValue);
    }
  }

  static Optional<KeyValue> readPrevious(JsonObject in) throws HistoryFormatException {
    Optional<JsonObject> previous = in.optionalObject("previous");
    return previous.isPresent() ? Optional.of(readKeyValue(previous.get())) : Optional.empty();
  }

  static void writeFailure(JsonFields out, Failure failure) throws IOException {
    out.constant("kind", failure.kind())
        .text("code", failure.code())
        .text("message", failure.message());
  }

  static Failure readFailure(JsonObject in) throws HistoryFormatException {
    Failure failure =
        new Failure(
            in.constant("kind", Failure.Kind.class),
            in.textOrEmpty("code"),
            in.textOrEmpty("message"));
    in.finish();
    return failure;
  }

  static void writeFacts(JsonFields out, History.Facts facts) throws IOException {
    out.constant("start", facts.start())
        .requiredFlag("autoCompaction", facts.autoCompaction())
        .requiredFlag("otherWriters", facts.otherWriters())
        .requiredFlag("uniqueValues", facts.uniqueValues());
  }

  static History.Facts readFacts(JsonObject in, long version) throws HistoryFormatException {
    History.Facts facts =
        new History.Facts(
            version == HistoryFolder.VERSION_OF_EMPTY_OR_NOT
                ? emptyOrNot(in.requiredFlag("emptyAtStart"))
                : in.constant("start", History.Start.class),
            in.requiredFlag("autoCompaction"),
            in.requiredFlag("otherWriters"),
            in.requiredFlag("uniqueValues"));
    in.finish();
    return facts;
  }

  private static History.Start emptyOrNot(boolean empty) {
    return empty ? History.Start.EMPTY : History.Start.UNKNOWN;
  }
}
