package io.etcdrobustness.runs.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private final Retention retention = new Retention(2);

  private List<Integer> judged(int from, int to, Verdict verdict) {
    List<Integer> dropped = new ArrayList<>();
    for (int window = from; window <= to; window++) {
      dropped.addAll(retention.judged(window, verdict));
    }
    return dropped;
  }

  @Test
  void ofGoodWindowsTheLastThreeAreKept() {
    assertThat(judged(1, 3, Verdict.PASSED)).isEmpty();
    assertThat(judged(4, 6, Verdict.PASSED)).containsExactly(1, 2, 3);
    assertThat(retention.kept()).containsExactly(4, 5, 6);
  }

  @Test
  void theFirstViolatedAndUndecidedOnesAreKeptAndNotMoreThanThat() {
    assertThat(judged(1, 3, Verdict.FAILED)).isEmpty();
    assertThat(judged(4, 8, Verdict.INCONCLUSIVE)).containsExactly(3);
    assertThat(judged(9, 20, Verdict.PASSED))
        .containsExactly(7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    assertThat(retention.kept()).containsExactly(1, 2, 4, 5, 6, 18, 19, 20);
  }

  @Test
  void itGoesOnWhereAnotherOneWas() {
    var _ = judged(1, 2, Verdict.FAILED);
    var _ = judged(3, 9, Verdict.PASSED);
    Retention later = new Retention(2);
    later.resume(retention.failed(), retention.undecided(), retention.latest());
    assertThat(later.kept()).isEqualTo(retention.kept());
    assertThat(later.judged(10, Verdict.FAILED)).containsExactly(7);
    assertThat(later.kept()).containsExactly(1, 2, 8, 9, 10);
  }
}
