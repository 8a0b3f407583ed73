package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Phase;
import java.io.IOException;

/** Lines of {@code events.jsonl}: what happened around the traffic, one field naming the kind. */
final class HappeningCodec {

  private HappeningCodec() {}

  static void write(JsonFields out, FaultWindow fault) throws IOException {
    out.object(
        "fault",
        fault,
        (o, f) ->
            o.text("id", f.id())
                .text("kind", f.kind())
                .text("target", f.target())
                .texts("members", f.members())
                .text("detail", f.detail())
                .requiredNumber("start", f.start())
                .requiredNumber("end", f.end())
                .constant("result", f.result())
                .text("proof", f.proof()));
  }

  static void write(JsonFields out, MemberEvent event) throws IOException {
    out.object(
        "member",
        event,
        (o, e) ->
            o.text("name", e.member())
                .constant("kind", e.kind())
                .hex("id", e.memberId())
                .number("term", e.raftTerm())
                .text("detail", e.detail())
                .flag("expected", e.expected())
                .requiredNumber("time", e.time()));
  }

  static void write(JsonFields out, Phase phase) throws IOException {
    out.object(
        "phase", phase, (o, p) -> o.constant("name", p.name()).requiredNumber("time", p.time()));
  }

  static Entry read(JsonObject in) throws HistoryFormatException {
    String kind = in.onlyName();
    JsonObject o = in.object(kind);
    Entry entry =
        switch (kind) {
          case "fault" ->
              new FaultWindow(
                  o.textOrEmpty("id"),
                  o.textOrEmpty("kind"),
                  o.textOrEmpty("target"),
                  o.texts("members"),
                  o.textOrEmpty("detail"),
                  o.number("start"),
                  o.number("end"),
                  o.constant("result", FaultWindow.Result.class),
                  o.textOrEmpty("proof"));
          case "member" ->
              new MemberEvent(
                  o.textOrEmpty("name"),
                  o.constant("kind", MemberEvent.Kind.class),
                  o.hexOrZero("id"),
                  o.number("term", 0),
                  o.textOrEmpty("detail"),
                  o.flag("expected"),
                  o.number("time"));
          case "phase" -> new Phase(o.constant("name", Phase.Name.class), o.number("time"));
          default -> throw in.error(kind, "is none of fault, member, phase");
        };
    o.finish();
    return entry;
  }
}
