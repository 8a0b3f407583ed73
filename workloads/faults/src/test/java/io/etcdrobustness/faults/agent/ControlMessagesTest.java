package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.history.MemberEvent;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlMessagesTest {

  static Stream<ControlRequest> requests() {
    return Stream.of(
        inject(new Agent.Kill()),
        inject(new Agent.Pause()),
        inject(new Agent.Link("m2", Agent.Half.INBOUND, new Agent.Drop())),
        inject(
            new Agent.Link(
                "m\"2",
                Agent.Half.OUTBOUND,
                new Agent.Late(Duration.ofMillis(50), Duration.ZERO, Long.MIN_VALUE))),
        inject(new Agent.Clients(new Agent.Cut(Duration.ofSeconds(1)))),
        inject(new Agent.Clients(new Agent.Hold())),
        new ControlRequest.Heal("f07-partition/m1-m2"),
        new ControlRequest.HealAll(),
        new ControlRequest.Start(List.of()),
        new ControlRequest.Start(List.of("--name=m1", "", "a \"b\"", "ü")),
        new ControlRequest.Stop(Duration.ZERO),
        new ControlRequest.Stop(Duration.ofSeconds(10)),
        new ControlRequest.State(),
        new ControlRequest.Heartbeat("", 0),
        new ControlRequest.Heartbeat("journal\n", Long.MAX_VALUE));
  }

  static Stream<ControlReply> replies() {
    return Stream.of(
        new ControlReply.Done(),
        new ControlReply.Proved(new Agent.Proof(true, "pid 4711 was in state T for 2.9 s")),
        new ControlReply.Events("journal", -1, List.of()),
        new ControlReply.Events(
            "journal",
            7,
            List.of(
                new NumberedEvent(3, event(MemberEvent.Kind.EXITED, "ended by signal 9", 5)),
                new NumberedEvent(4, event(MemberEvent.Kind.STARTED, "pid \"4712\"", 6)))),
        new ControlReply.Stands(new MemberControl.State(Optional.empty(), false, true)),
        new ControlReply.Stands(new MemberControl.State(Optional.of(4_711L), true, false)),
        new ControlReply.Failed("no link"));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestSurvivesTheWire(ControlRequest request) throws Exception {
    assertThat(ControlMessages.request(ControlMessages.text(request))).isEqualTo(request);
  }

  @ParameterizedTest
  @MethodSource("replies")
  void aReplySurvivesTheWire(ControlReply reply) throws Exception {
    assertThat(ControlMessages.reply(ControlMessages.text(reply))).isEqualTo(reply);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                             | must be a JSON object
          {                                              | not JSON
          {"call":"heal"}                                | message must have the field id
          {"call":"heal","id":""}                        | 1 to 256 characters
          {"call":"heal","id":"f","id":"g"}              | not JSON: Duplicate field
          {"call":"healAll","gently":true}               | unknown in message: gently
          {"call":"healAll"} {}                          | something follows
          {"call":["heal"]}                              | the field call with a string
          {"call":[["heal"]]}                            | something else than strings
          {"call":["heal",{}]}                           | something else than strings
          {"call":[{},"heal"]}                           | something else than objects
          {"call":["heal"                                | not JSON
          {"call":"start"}                               | the field arguments with a list of strings
          {"call":"start","arguments":[{}]}              | the field arguments with a list of strings
          {"call":"start","arguments":["a\\nb"]}         | one line
          {"call":"start","arguments":["a\\u0000b"]}     | one line
          {"call":"stop","graceNanos":-1}                | must not be negative
          {"call":"state","of":"m1"}                     | unknown in message: of
          {"call":null}                                  | neither a string
          {"call":"heartbeat","seen":1}                  | message must have the field journal
          {"call":"heartbeat","journal":"j","seen":-1}   | seen must not be negative
          {"call":"heartbeat","journal":"j","seen":[{}]} | message must have the field seen
          {"call":"x","a":{"b":{"c":{"d":{}}}}}          | nested too deep
          {"call":"inject","id":"f","command":{"kind":"Burn"},"lengthNanos":1} | not Burn
          {"call":"inject","id":"f","command":{"kind":"Kill"},"lengthNanos":0} | must be positive
          {"call":"inject","id":"f","command":{"kind":"Kill"},"lengthNanos":9223372036854775808} | not JSON
          """)
  void whatIsHalfUnderstoodIsRefused(String text, String why) {
    assertThatThrownBy(() -> ControlMessages.request(text))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"reply":"soon"}                                                | not soon
          {"reply":"state","pid":-1,"wanted":true,"diskEmpty":true}       | must not be negative
          {"reply":"state","pid":1,"wanted":true}                         | the field diskEmpty with true or false
          {"reply":"events","journal":"j","nowNanos":1}                   | the field events with a list
          {"reply":"events","journal":"j","nowNanos":1,"events":{}}       | the field events with a list
          {"reply":"events","journal":"j","nowNanos":1,"events":[1]}      | something else than strings
          {"reply":"events","journal":"j","nowNanos":1,"events":[{}       | not JSON
          {"reply":"events","journal":"j","nowNanos":1,"events":[{}]}     | events must have the field number
          {"reply":"events","journal":"j","nowNanos":1,"events":[[{}]]}   | something else than strings
          """)
  void aReplyThatIsHalfUnderstoodIsRefused(String text, String why) {
    assertThatThrownBy(() -> ControlMessages.reply(text))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining(why);
  }

  @Test
  void anEventOfAnUnknownKindOrWithMoreToItIsRefused() {
    String text =
        ControlMessages.text(
            new ControlReply.Events(
                "j", 7, List.of(new NumberedEvent(1, event(MemberEvent.Kind.PAUSED, "pid 1", 5)))));
    assertThatThrownBy(() -> ControlMessages.reply(text.replace("PAUSED", "FROZEN")))
        .hasMessageContaining("not FROZEN");
    assertThatThrownBy(
            () -> ControlMessages.reply(text.replace("{\"number", "{\"why\":1,\"number")))
        .hasMessageContaining("unknown in events: why");
  }

  @Test
  void aHalfThatDoesNotExistIsRefused() {
    String text =
        ControlMessages.text(inject(new Agent.Link("m2", Agent.Half.BOTH, new Agent.Drop())));
    assertThatThrownBy(() -> ControlMessages.request(text.replace("BOTH", "LEFT")))
        .hasMessageContaining("OUTBOUND, INBOUND or BOTH, not LEFT");
  }

  @FuzzTest
  void anyTextIsARequestThatSurvivesTheWireOrIsMalformed(FuzzedDataProvider data) {
    ControlRequest request;
    try {
      request = ControlMessages.request(data.consumeRemainingAsString());
    } catch (MalformedMessageException malformed) {
      assertThat(malformed.reason()).isNotEmpty();
      return;
    }
    try {
      assertThat(ControlMessages.request(ControlMessages.text(request))).isEqualTo(request);
    } catch (MalformedMessageException ours) {
      throw new AssertionError("what was read cannot be written: " + request, ours);
    }
  }

  @FuzzTest
  void anyTextIsAReplyThatSurvivesTheWireOrIsMalformed(FuzzedDataProvider data) {
    ControlReply reply;
    try {
      reply = ControlMessages.reply(data.consumeRemainingAsString());
    } catch (MalformedMessageException malformed) {
      assertThat(malformed.reason()).isNotEmpty();
      return;
    }
    try {
      assertThat(ControlMessages.reply(ControlMessages.text(reply))).isEqualTo(reply);
    } catch (MalformedMessageException ours) {
      throw new AssertionError("what was read cannot be written: " + reply, ours);
    }
  }

  @FuzzTest
  void anyQueryIsAPlaceInALogThatSurvivesTheWireOrIsMalformed(FuzzedDataProvider data) {
    LogPosition position;
    try {
      position = LogRequest.parse(data.consumeRemainingAsString());
    } catch (MalformedMessageException malformed) {
      assertThat(malformed.reason()).isNotEmpty();
      return;
    }
    try {
      assertThat(LogRequest.parse(LogRequest.query(position))).isEqualTo(position);
      assertThat(LogRequest.uri(URI.create("http://agent:2383"), position).getRawQuery())
          .isEqualTo(LogRequest.query(position));
    } catch (MalformedMessageException ours) {
      throw new AssertionError("what was read cannot be written: " + position, ours);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "offset=0, '', 0",
    "offset=17&log=, '', 17",
    "offset=999999999999999999&log=a-B9, a-B9, 999999999999999999"
  })
  void aPlaceInALogIsUnderstood(String query, String log, long offset) throws Exception {
    assertThat(LogRequest.parse(query)).isEqualTo(new LogPosition(log, offset));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "offset=",
        "offset=-1",
        "offset=1000000000000000000",
        "log=a&offset=1",
        "offset=1&log=..",
        "offset=1&log=a&log=b",
        "offset=1 "
      })
  void aPlaceInALogThatIsHalfUnderstoodIsRefused(String query) {
    assertThatThrownBy(() -> LogRequest.parse(query))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("?offset=N");
  }

  private static MemberEvent event(MemberEvent.Kind kind, String detail, long time) {
    return new MemberEvent("m1", kind, 0, 0, detail, true, time);
  }

  private static ControlRequest inject(Agent.Command command) {
    return new ControlRequest.Inject("f07", command, Duration.ofSeconds(3));
  }
}
