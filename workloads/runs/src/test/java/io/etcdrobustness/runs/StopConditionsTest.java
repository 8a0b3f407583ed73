package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.spec.StopCondition;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopConditionsTest {

  private static final long SECOND = 1_000_000_000L;

  private final Availability availability = new Availability(_ -> {});

  private StopConditions of(String... conditions) {
    return new StopConditions(
        List.of(conditions).stream().map(StopCondition::parse).toList(), availability);
  }

  private void answered(String member, Request request, long end) {
    availability.record(
        new Operation(
            1,
            0,
            member,
            request,
            end - 50,
            end,
            new Outcome.Ok(new Response.Ranged(Header.ofRevision(2), List.of(), 0, false))));
  }

  @Test
  void anOutageCountsFromTheLastAcknowledgementWhoeverGaveIt() {
    StopConditions conditions = of("unavailable > 2s");
    assertThat(conditions.holds(SECOND, 3 * SECOND, 0)).isEmpty();
    assertThat(conditions.holds(SECOND, 3 * SECOND + 1, 0)).isPresent();

    answered("", Request.Range.of("k", ""), 3 * SECOND);
    assertThat(conditions.holds(SECOND, 5 * SECOND, 0)).isEmpty();
    assertThat(conditions.holds(SECOND, 6 * SECOND, 0))
        .hasValue(
            "the stop condition 'unavailable > 2s' holds: no request was acknowledged for"
                + " 3.0 s");
  }

  @Test
  void unknownOutcomesMayBeAsManyAsTheBound() {
    StopConditions conditions = of("unavailable > 1h", "unknownOutcomes > 10");
    assertThat(conditions.holds(0, SECOND, 10)).isEmpty();
    assertThat(conditions.holds(0, SECOND, 11))
        .hasValue("the stop condition 'unknownOutcomes > 10' holds: 11 requests had no answer");
  }

  @Test
  void withoutConditionsNothingHolds() {
    assertThat(of().holds(0, Long.MAX_VALUE, Long.MAX_VALUE)).isEmpty();
  }
}
