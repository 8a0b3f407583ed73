package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AvailabilityTest {

  private static final Outcome OK =
      new Outcome.Ok(new Response.Ranged(Header.ofRevision(2), List.of(), 0, false));

  private final List<Entry> passedOn = new ArrayList<>();
  private final Availability availability = new Availability(passedOn::add);

  private void record(String member, Request request, long call, Outcome outcome) {
    availability.record(new Operation(call, 0, member, request, call, call + 50, outcome));
  }

  @Test
  void anAnswerCountsFromItsCallOn() {
    record("m0", Request.Range.of("k", ""), 100, OK);

    assertThat(availability.answeredSince("m0", 100)).isTrue();
    assertThat(availability.answeredSince("m0", 101)).isFalse();
    assertThat(availability.answeredSince("m1", 0)).isFalse();
  }

  @Test
  void anOlderAnswerThatComesLaterTakesNothingBack() {
    record("m0", Request.Put.of("k", "v"), 100, OK);
    record("m0", Request.Put.of("k", "w"), 40, OK);

    assertThat(availability.answeredSince("m0", 100)).isTrue();
  }

  @Test
  void onlyAnswersToLinearizableRequestsToThatMemberCount() {
    Failure failure = new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "");
    record("m0", Request.Range.of("k", "").asSerializable(), 100, OK);
    record("m0", new Request.Status(), 100, OK);
    record("m0", new Request.Defragment(), 100, OK);
    record("m0", Request.Put.of("k", "v"), 100, new Outcome.Unknown(failure));
    record("", Request.Put.of("k", "v"), 100, OK);

    assertThat(availability.answeredSince("m0", 0)).isFalse();
    assertThat(availability.answeredSince("", 0)).isFalse();
  }

  @Test
  void everythingIsPassedOn() {
    Phase phase = new Phase(Phase.Name.TRAFFIC, 7);
    availability.record(phase);
    record("m0", Request.Put.of("k", "v"), 100, OK);

    assertThat(passedOn).hasSize(2).startsWith(phase);
  }
}
