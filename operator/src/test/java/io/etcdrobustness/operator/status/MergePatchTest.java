package io.etcdrobustness.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergePatchTest {

  @Test
  void onlyWhatChangedIsWrittenAndWhatIsGoneIsTakenAway() {
    assertThat(
            MergePatch.ofStatus(
                Map.of("a", 1, "b", List.of(1), "c", "x"), Map.of("a", 1, "b", List.of(2)), "7"))
        .contains("{\"metadata\":{\"resourceVersion\":\"7\"},\"status\":{\"b\":[2],\"c\":null}}");
  }

  @Test
  void nothingIsWrittenWhenNothingChanged() {
    assertThat(MergePatch.ofStatus(Map.of("a", 1), Map.of("a", 1, "b", List.of()), "7")).isEmpty();
    assertThat(MergePatch.ofStatus(null, Map.of("b", List.of()), null)).isEmpty();
  }
}
