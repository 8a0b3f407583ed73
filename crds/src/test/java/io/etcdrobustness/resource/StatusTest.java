package io.etcdrobustness.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.resource.Status.ViolationSummary;
import io.etcdrobustness.spec.TestSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatusTest {

  private static ViolationSummary violation(int id, String summary) {
    return new ViolationSummary("v" + id, "Linearizable", summary, List.of(), null);
  }

  @Test
  void ofManyViolationsTheOldestAndTheNewestAreKept() {
    List<ViolationSummary> ten = IntStream.range(0, 10).mapToObj(i -> violation(i, "x")).toList();

    assertThat(Status.oldestAndNewest(Status.MOST_VIOLATIONS, ten))
        .extracting(ViolationSummary::id)
        .containsExactly("v0", "v1", "v2", "v8", "v9");
  }

  @Test
  void ofManyRunsTheNewestAreKept() {
    assertThat(Status.last(2, List.of(1, 2, 3))).containsExactly(2, 3);
    assertThat(Status.last(2, List.of(1))).containsExactly(1);
  }

  @Test
  void aLongSummaryIsCutToWhatTheSchemaAllows() {
    assertThat(violation(1, "x".repeat(5000)).summary()).hasSize(Status.MOST_TEXT).endsWith("…");
  }

  @Test
  void anEmptyStatusIsReadAsOneOfEmptyLists() throws JsonProcessingException {
    ObjectMapper jackson = new ObjectMapper();

    RunStatus run = jackson.readValue("{}", RunStatus.class);
    TestStatus test = jackson.readValue("{\"verdict\": \"Failed\"}", TestStatus.class);

    SuiteStatus suite = jackson.readValue("{\"done\": \"1/2\"}", SuiteStatus.class);

    assertThat(suite.history()).isEmpty();
    assertThat(jackson.readValue(jackson.writeValueAsString(suite), SuiteStatus.class))
        .isEqualTo(suite);
    assertThat(run.properties()).isEmpty();
    assertThat(run.conditions()).isEmpty();
    assertThat(test.history()).isEmpty();
    assertThat(test.verdict()).isEqualTo(Status.Verdict.Failed);
    assertThat(jackson.readValue(jackson.writeValueAsString(run), RunStatus.class)).isEqualTo(run);
  }

  @Test
  void theWayOfALongUpgradeKeepsItsBeginningAndItsEnd() {
    SuiteStatus.Row row = new SuiteStatus.Row("v3.4.0" + "x".repeat(500) + "v3.7.3", List.of());

    assertThat(row.etcd()).hasSize(128).startsWith("v3.4.0").contains("…").endsWith("v3.7.3");
  }

  @Test
  void aRunKeepsItsTestWithTheSeedFixed() throws JsonProcessingException {
    ObjectMapper jackson = new ObjectMapper();
    RunSpec run = RunSpec.of("soak", TestSpec.defaults(), 42);

    assertThat(run.test().seed()).isEqualTo(42);
    assertThat(jackson.readValue(jackson.writeValueAsString(run), RunSpec.class)).isEqualTo(run);
  }
}
