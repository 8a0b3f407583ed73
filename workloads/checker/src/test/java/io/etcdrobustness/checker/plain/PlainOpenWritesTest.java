package io.etcdrobustness.checker.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.plain.PlainTape;
import io.etcdrobustness.history.plain.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainOpenWritesTest {

  /** What a write may do; a value of {@link Token#NONE} deletes. */
  private record Effect(int key, long value) {}

  private record Write(long call, List<Effect> effects) {}

  private final PlainOpenWrites open = new PlainOpenWrites();

  /** The same, as simply as it can be. */
  private final List<Write> expected = new ArrayList<>();

  @Test
  void tellsOfThoseThatAreOpenInTheOrderOfTheirCalls() {
    Random random = new Random(1);
    for (int call = 0; call < 20_000; call++) {
      add(write(call, random));
      if (random.nextInt(4) > 0) {
        closeOne(random);
      }
      Effect effect = effect(random);
      assertThat(calls(effect)).isEqualTo(expectedCalls(effect));
    }
    assertThat(expected.size()).isGreaterThan(1_000).isLessThan(15_000);
  }

  @Test
  void keepsNoRoomForWhatIsNotOpen() {
    Random random = new Random(2);
    for (int call = 0; call < 100_000; call++) {
      add(write(call, random));
      closeOne(random);
    }
    assertThat(open.writes().length).isLessThan(1 << 17);
  }

  private static Write write(long call, Random random) {
    List<Effect> effects = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      effects.add(effect(random));
    }
    return new Write(call, effects);
  }

  private static Effect effect(Random random) {
    return new Effect(
        random.nextInt(8), random.nextInt(3) == 0 ? Token.NONE : (long) random.nextInt(6) << 40);
  }

  private void add(Write write) {
    PlainTape tape = new PlainTape();
    tape.begin(write.call);
    for (Effect effect : write.effects) {
      if (effect.value == Token.NONE) {
        tape.delete(effect.key, 0);
      } else {
        tape.put(effect.key, effect.value);
      }
    }
    tape.unknown();
    open.add(tape.longs(), tape.index(0));
    expected.add(write);
  }

  /** One that is open, found by one of the things that it may do. */
  private void closeOne(Random random) {
    Effect effect = effect(random);
    int link = open.first(effect.key, effect.value);
    for (int i = random.nextInt(3); i > 0 && link != PlainOpenWrites.NOBODY; i--) {
      link = open.next(link);
    }
    if (link != PlainOpenWrites.NOBODY) {
      long call = open.writes()[open.at(link) + PlainTape.CALL];
      open.close(link);
      assertThat(expected.removeIf(write -> write.call == call)).isTrue();
    }
  }

  private List<Long> calls(Effect effect) {
    List<Long> calls = new ArrayList<>();
    int link = open.first(effect.key, effect.value);
    for (; link != PlainOpenWrites.NOBODY; link = open.next(link)) {
      calls.add(open.writes()[open.at(link) + PlainTape.CALL]);
    }
    // One that may do a thing in two ways is told twice.
    return calls.stream().distinct().toList();
  }

  private List<Long> expectedCalls(Effect effect) {
    return expected.stream()
        .filter(write -> write.effects.contains(effect))
        .map(Write::call)
        .toList();
  }
}
