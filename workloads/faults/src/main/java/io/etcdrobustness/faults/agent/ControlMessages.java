package io.etcdrobustness.faults.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.history.MemberEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Control messages as JSON.
 *
 * <p>{@code {"call":"inject","id":"f07-partition/m1-m2","lengthNanos":3000000000,
 * "command":{"kind":"Link","peer":"m2","half":"BOTH","effect":{"kind":"Drop"}}}}, and for the
 * others {@code heal} with an {@code id}, {@code healAll}, {@code start} with a list of {@code
 * arguments}, {@code stop} with {@code graceNanos}, {@code state}, and {@code heartbeat} with the
 * {@code journal} and the number of the last event {@code seen} there. Answers are {@code
 * {"reply":"done"}}, {@code {"reply":"proof","effective":true,"measurement":"…"}}, {@code
 * {"reply":"state","pid":4711,"wanted":true,"diskEmpty":false}} with the pid 0 if it is down,
 * {@code {"reply":"failed","error":"…"}}, and to a heartbeat {@code
 * {"reply":"events","journal":"…","nowNanos":71000000000,"events":[{"number":3,"member":"m1",
 * "kind":"EXITED","memberId":0,"raftTerm":0,"detail":"pid 4711 ended by signal 9",
 * "expected":true,"timeNanos":70000000000}]}}. Reading is strict: an unknown field is an error,
 * since a fault that is half understood is the wrong fault.
 */
final class ControlMessages {

  /** Characters of the longest message that is read. */
  static final int LONGEST = 64 << 10;

  private static final int LONGEST_ID = 256;
  private static final long DOWN = 0;
  private static final JsonFactory JSON = new JsonFactory();

  private ControlMessages() {}

  static ControlRequest request(String text) throws MalformedMessageException {
    JsonFields fields = JsonFields.read(text);
    String call = fields.text("call");
    ControlRequest request =
        switch (call) {
          case "inject" ->
              new ControlRequest.Inject(
                  id(fields), command(fields.object("command")), positive(fields, "lengthNanos"));
          case "heal" -> new ControlRequest.Heal(id(fields));
          case "healAll" -> new ControlRequest.HealAll();
          case "start" -> new ControlRequest.Start(arguments(fields));
          case "stop" -> new ControlRequest.Stop(notNegative(fields, "graceNanos"));
          case "state" -> new ControlRequest.State();
          case "heartbeat" ->
              new ControlRequest.Heartbeat(fields.text("journal"), count(fields, "seen"));
          default ->
              throw new MalformedMessageException(
                  "call is inject, heal, healAll, start, stop, state or heartbeat, not " + call);
        };
    fields.end();
    return request;
  }

  static ControlReply reply(String text) throws MalformedMessageException {
    JsonFields fields = JsonFields.read(text);
    String kind = fields.text("reply");
    ControlReply reply =
        switch (kind) {
          case "done" -> new ControlReply.Done();
          case "proof" ->
              new ControlReply.Proved(
                  new Agent.Proof(fields.flag("effective"), fields.text("measurement")));
          case "events" ->
              new ControlReply.Events(
                  fields.text("journal"), fields.number("nowNanos"), events(fields));
          case "state" -> new ControlReply.Stands(state(fields));
          case "failed" -> new ControlReply.Failed(fields.text("error"));
          default ->
              throw new MalformedMessageException(
                  "reply is done, proof, events, state or failed, not " + kind);
        };
    fields.end();
    return reply;
  }

  static String text(ControlRequest request) {
    return object(json -> {
      switch (request) {
        case ControlRequest.Inject inject -> {
          json.writeStringField("call", "inject");
          json.writeStringField("id", inject.id());
          json.writeNumberField("lengthNanos", inject.length().toNanos());
          json.writeObjectFieldStart("command");
          write(inject.command(), json);
          json.writeEndObject();
        }
        case ControlRequest.Heal heal -> {
          json.writeStringField("call", "heal");
          json.writeStringField("id", heal.id());
        }
        case ControlRequest.HealAll all -> json.writeStringField("call", "healAll");
        case ControlRequest.Start start -> {
          json.writeStringField("call", "start");
          json.writeArrayFieldStart("arguments");
          for (String argument : start.arguments()) {
            json.writeString(argument);
          }
          json.writeEndArray();
        }
        case ControlRequest.Stop stop -> {
          json.writeStringField("call", "stop");
          json.writeNumberField("graceNanos", stop.grace().toNanos());
        }
        case ControlRequest.State state -> json.writeStringField("call", "state");
        case ControlRequest.Heartbeat beat -> {
          json.writeStringField("call", "heartbeat");
          json.writeStringField("journal", beat.journal());
          json.writeNumberField("seen", beat.seen());
        }
      }
    });
  }

  static String text(ControlReply reply) {
    return object(json -> {
      switch (reply) {
        case ControlReply.Done done -> json.writeStringField("reply", "done");
        case ControlReply.Proved proved -> {
          json.writeStringField("reply", "proof");
          json.writeBooleanField("effective", proved.proof().effective());
          json.writeStringField("measurement", proved.proof().measurement());
        }
        case ControlReply.Events events -> {
          json.writeStringField("reply", "events");
          json.writeStringField("journal", events.journal());
          json.writeNumberField("nowNanos", events.now());
          json.writeArrayFieldStart("events");
          for (NumberedEvent event : events.events()) {
            write(event, json);
          }
          json.writeEndArray();
        }
        case ControlReply.Stands stands -> {
          json.writeStringField("reply", "state");
          json.writeNumberField("pid", stands.state().pid().orElse(DOWN));
          json.writeBooleanField("wanted", stands.state().wanted());
          json.writeBooleanField("diskEmpty", stands.state().diskEmpty());
        }
        case ControlReply.Failed failed -> {
          json.writeStringField("reply", "failed");
          json.writeStringField("error", failed.error());
        }
      }
    });
  }

  private static String id(JsonFields fields) throws MalformedMessageException {
    String id = fields.text("id");
    if (id.isEmpty() || id.length() > LONGEST_ID) {
      throw new MalformedMessageException("id has 1 to " + LONGEST_ID + " characters");
    }
    return id;
  }

  private static Agent.Command command(JsonFields fields) throws MalformedMessageException {
    String kind = fields.text("kind");
    Agent.Command command =
        switch (kind) {
          case "Kill" -> new Agent.Kill();
          case "Pause" -> new Agent.Pause();
          case "Link" ->
              new Agent.Link(fields.text("peer"), half(fields), effect(fields.object("effect")));
          case "Clients" -> new Agent.Clients(effect(fields.object("effect")));
          default ->
              throw new MalformedMessageException(
                  "the kind of a command is Kill, Pause, Link or Clients, not " + kind);
        };
    fields.end();
    return command;
  }

  private static Agent.Effect effect(JsonFields fields) throws MalformedMessageException {
    String kind = fields.text("kind");
    Agent.Effect effect =
        switch (kind) {
          case "Drop" -> new Agent.Drop();
          case "Late" ->
              new Agent.Late(
                  positive(fields, "latencyNanos"),
                  notNegative(fields, "jitterNanos"),
                  fields.number("draw"));
          case "Cut" -> new Agent.Cut(positive(fields, "everyNanos"));
          case "Hold" -> new Agent.Hold();
          default ->
              throw new MalformedMessageException(
                  "the kind of an effect is Drop, Late, Cut or Hold, not " + kind);
        };
    fields.end();
    return effect;
  }

  private static List<String> arguments(JsonFields fields) throws MalformedMessageException {
    List<String> arguments = fields.texts("arguments");
    for (String argument : arguments) {
      if (argument.indexOf('\n') >= 0 || argument.indexOf('\0') >= 0) {
        throw new MalformedMessageException("an argument of a member is one line, without NUL");
      }
    }
    return arguments;
  }

  private static MemberControl.State state(JsonFields fields) throws MalformedMessageException {
    long pid = count(fields, "pid");
    return new MemberControl.State(
        pid == DOWN ? Optional.empty() : Optional.of(pid),
        fields.flag("wanted"),
        fields.flag("diskEmpty"));
  }

  private static List<NumberedEvent> events(JsonFields fields) throws MalformedMessageException {
    List<NumberedEvent> events = new ArrayList<>();
    for (JsonFields event : fields.objects("events")) {
      events.add(
          new NumberedEvent(
              count(event, "number"),
              new MemberEvent(
                  event.text("member"),
                  eventKind(event),
                  event.number("memberId"),
                  event.number("raftTerm"),
                  event.text("detail"),
                  event.flag("expected"),
                  event.number("timeNanos"))));
      event.end();
    }
    return events;
  }

  private static MemberEvent.Kind eventKind(JsonFields fields) throws MalformedMessageException {
    String name = fields.text("kind");
    return Arrays.stream(MemberEvent.Kind.values())
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new MalformedMessageException(
                "the kind of an event is one of %s, not %s"
                    .formatted(Arrays.toString(MemberEvent.Kind.values()), name)));
  }

  private static Half half(JsonFields fields) throws MalformedMessageException {
    String name = fields.text("half");
    return Arrays.stream(Half.values())
        .filter(half -> half.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new MalformedMessageException("half is OUTBOUND, INBOUND or BOTH, not " + name));
  }

  private static Duration positive(JsonFields fields, String field)
      throws MalformedMessageException {
    Duration duration = notNegative(fields, field);
    if (duration.isZero()) {
      throw new MalformedMessageException(field + " must be positive");
    }
    return duration;
  }

  private static Duration notNegative(JsonFields fields, String field)
      throws MalformedMessageException {
    return Duration.ofNanos(count(fields, field));
  }

  private static long count(JsonFields fields, String field) throws MalformedMessageException {
    long number = fields.number(field);
    if (number < 0) {
      throw new MalformedMessageException(field + " must not be negative");
    }
    return number;
  }

  private static void write(NumberedEvent numbered, JsonGenerator json) throws IOException {
    MemberEvent event = numbered.event();
    json.writeStartObject();
    json.writeNumberField("number", numbered.number());
    json.writeStringField("member", event.member());
    json.writeStringField("kind", event.kind().name());
    json.writeNumberField("memberId", event.memberId());
    json.writeNumberField("raftTerm", event.raftTerm());
    json.writeStringField("detail", event.detail());
    json.writeBooleanField("expected", event.expected());
    json.writeNumberField("timeNanos", event.time());
    json.writeEndObject();
  }

  private static void write(Agent.Command command, JsonGenerator json) throws IOException {
    switch (command) {
      case Agent.Kill kill -> json.writeStringField("kind", "Kill");
      case Agent.Pause pause -> json.writeStringField("kind", "Pause");
      case Agent.Link link -> {
        json.writeStringField("kind", "Link");
        json.writeStringField("peer", link.peer());
        json.writeStringField("half", link.half().name());
        write(link.effect(), json);
      }
      case Agent.Clients clients -> {
        json.writeStringField("kind", "Clients");
        write(clients.effect(), json);
      }
      case Agent.MachineCommand machine ->
          throw new IllegalArgumentException("no agent beside a process carries out " + machine);
      case Agent.PodCommand pod ->
          throw new IllegalArgumentException("no agent beside a member carries out " + pod);
    }
  }

  private static void write(Agent.Effect effect, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("effect");
    switch (effect) {
      case Agent.Drop drop -> json.writeStringField("kind", "Drop");
      case Agent.Late late -> {
        json.writeStringField("kind", "Late");
        json.writeNumberField("latencyNanos", late.latency().toNanos());
        json.writeNumberField("jitterNanos", late.jitter().toNanos());
        json.writeNumberField("draw", late.draw());
      }
      case Agent.Cut cut -> {
        json.writeStringField("kind", "Cut");
        json.writeNumberField("everyNanos", cut.every().toNanos());
      }
      case Agent.Hold hold -> json.writeStringField("kind", "Hold");
    }
    json.writeEndObject();
  }

  private static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException("writing to memory failed", impossible);
    }
    return text.toString();
  }

  /** Writes the fields of an object. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }
}
