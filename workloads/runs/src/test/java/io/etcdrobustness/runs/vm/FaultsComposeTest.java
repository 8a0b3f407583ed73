package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.runs.vm.Command.LinkState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FaultsComposeTest {

  @Test
  void delaysAddUpAndEachLossTakesItsShareOfWhatIsLeft() {
    LinkState late = LinkState.late(Duration.ofMillis(20), Duration.ofMillis(5));
    LinkState half = new LinkState(0, 0, 500_000, 0, 100_000, 0);

    assertThat(late.and(half).and(half).and(late))
        .isEqualTo(new LinkState(40_000, 10_000, 750_000, 0, 190_000, 0));
    assertThat(LinkState.HEALTHY.and(late)).isEqualTo(late);
  }

  @Test
  void nothingPassesACutWhateverElseIs() {
    LinkState some = new LinkState(0, 0, 1, 2, 3, 4);

    assertThat(some.and(LinkState.CUT).loss()).isEqualTo(LinkState.ALL);
    assertThat(LinkState.CUT.and(LinkState.CUT)).isEqualTo(LinkState.CUT);
  }

  @Test
  void noStepBeginsBeforeTheOneBeforeItHasEndedAlsoByFailure() {
    InTurn turn = new InTurn();
    List<String> done = new ArrayList<>();
    CompletableFuture<String> first = new CompletableFuture<>();

    var one =
        turn.run(() -> {
          done.add("one");
          return first;
        });
    var two =
        turn.run(() -> {
          done.add("two");
          return CompletableFuture.completedFuture("well");
        });

    assertThat(done).containsExactly("one");
    first.completeExceptionally(new IllegalStateException("it could not"));
    assertThat(done).containsExactly("one", "two");
    assertThat(one.toCompletableFuture()).isCompletedExceptionally();
    assertThat(two.toCompletableFuture()).isCompletedWithValue("well");
  }
}
