package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import java.io.IOException;

/** Lines of {@code operations.jsonl}. */
final class OperationCodec {

  private OperationCodec() {}

  static void write(JsonFields out, Operation operation) throws IOException {
    out.requiredNumber("id", operation.id())
        .requiredNumber("client", operation.client())
        .text("member", operation.member())
        .requiredNumber("call", operation.call())
        .requiredNumber("end", operation.end())
        .object("do", operation.request(), RequestCodec::write);
    switch (operation.outcome()) {
      case Outcome.Ok ok -> out.object("ok", ok.response(), ResponseCodec::write);
      case Outcome.Failed failed ->
          out.object("failed", failed.failure(), PartsCodec::writeFailure);
      case Outcome.Unknown unknown ->
          out.object("unknown", unknown.failure(), PartsCodec::writeFailure);
    }
  }

  static Operation read(JsonObject in) throws HistoryFormatException {
    Operation operation =
        new Operation(
            in.number("id"),
            in.integer("client"),
            in.textOrEmpty("member"),
            RequestCodec.read(in.object("do")),
            in.number("call"),
            in.number("end"),
            readOutcome(in));
    in.finish();
    return operation;
  }

  private static Outcome readOutcome(JsonObject in) throws HistoryFormatException {
    // finish() refuses a second outcome: it would be a field that nobody asked for.
    if (in.has("ok")) {
      return new Outcome.Ok(ResponseCodec.read(in.object("ok")));
    }
    if (in.has("failed")) {
      return new Outcome.Failed(PartsCodec.readFailure(in.object("failed")));
    }
    if (in.has("unknown")) {
      return new Outcome.Unknown(PartsCodec.readFailure(in.object("unknown")));
    }
    throw in.error("expected one of the outcomes ok, failed, unknown");
  }
}
