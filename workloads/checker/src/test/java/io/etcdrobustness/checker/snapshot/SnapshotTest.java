package io.etcdrobustness.checker.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.history.Header;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class SnapshotTest {

  /** A bit of everything that states are made of. */
  private static final class State {
    private final List<Header> list = new ArrayList<>();
    private final Map<Long, List<String>> map = new HashMap<>();
    private final TreeMap<String, Long> sorted = new TreeMap<>();
    private final ArrayDeque<Header> deque = new ArrayDeque<>();
    private final PriorityQueue<Header> queue =
        new PriorityQueue<>(Comparator.comparingLong(Header::revision).reversed());
    private final Inner inner = new Inner();
    private final LongUnaryOperator function = number -> number + 1;
    private Header[][] grid = new Header[2][];
    private long[] numbers = {};
    private Optional<Inner> maybe = Optional.empty();
    private OptionalLong when = OptionalLong.empty();
    private boolean flag;
    private int count;

    private final class Inner {
      private long number;
      private final State outer = State.this;
    }
  }

  private static final class Strange {
    final StringBuilder text = new StringBuilder();
  }

  private static final class Capturing {
    final LongUnaryOperator function;

    Capturing(List<Long> state) {
      function =
          number -> {
            state.add(number);
            return number;
          };
    }
  }

  private static byte[] written(Object root) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new SnapshotWriter(bytes).write(root);
    return bytes.toByteArray();
  }

  private static State filled(byte[] bytes) throws IOException {
    State state = new State();
    new SnapshotReader(new ByteArrayInputStream(bytes), List.of()).fill(state);
    return state;
  }

  private static State state() {
    State state = new State();
    Header shared = new Header(1, 2, 3, 4);
    state.list.add(shared);
    state.list.add(Header.ofRevision(9));
    state.map.put(7L, List.of("a", "b\ud800"));
    state.sorted.put("k", Long.MIN_VALUE);
    state.deque.add(shared);
    for (long revision = 0; revision < 20; revision++) {
      state.queue.add(Header.ofRevision(revision * 7 % 20));
    }
    state.grid[1] = new Header[] {shared};
    state.numbers = new long[] {1, -1};
    state.maybe = Optional.of(state.inner);
    state.when = OptionalLong.of(5);
    state.flag = true;
    state.count = -8;
    state.inner.number = 11;
    return state;
  }

  @Test
  void everythingComesBackIntoTheObjectsThatAreThere() throws IOException {
    State state = state();
    State back = new State();
    State.Inner inner = back.inner;
    new SnapshotReader(new ByteArrayInputStream(written(state)), List.of()).fill(back);

    assertThat(back.list).isEqualTo(state.list);
    assertThat(back.map).isEqualTo(state.map);
    assertThat(back.sorted).isEqualTo(state.sorted);
    assertThat(back.deque).containsExactly(new Header(1, 2, 3, 4));
    assertThat(back.numbers).containsExactly(1, -1);
    assertThat(back.grid).isDeepEqualTo(state.grid);
    assertThat(back.when).hasValue(5);
    assertThat(back.flag).isTrue();
    assertThat(back.count).isEqualTo(-8);
    assertThat(back.inner).isSameAs(inner);
    assertThat(back.inner.number).isEqualTo(11);
    assertThat(back.inner.outer).isSameAs(back);
    assertThat(back.function.applyAsLong(1)).isEqualTo(2);
    while (!state.queue.isEmpty()) {
      assertThat(back.queue.remove()).isEqualTo(state.queue.remove());
    }
  }

  @Test
  void whatIsSharedStaysShared() throws IOException {
    State back = filled(written(state()));

    assertThat(back.deque.getFirst()).isSameAs(back.list.getFirst()).isSameAs(back.grid[1][0]);
    assertThat(back.maybe.orElseThrow()).isSameAs(back.inner);
  }

  @Test
  void whatHasAnUnknownStateIsRefusedWhenItIsWritten() {
    Strange strange = new Strange();
    assertThat(strange.text).isEmpty();
    assertThatThrownBy(() -> written(strange))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("Strange.text")
        .hasMessageContaining("StringBuilder is not known");
    Capturing capturing = new Capturing(new ArrayList<>());
    assertThat(capturing.function.applyAsLong(3)).isEqualTo(3);
    assertThatThrownBy(() -> written(capturing))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("a function holds a class java.util.ArrayList");
    TreeMap<String, Long> turned = new TreeMap<>(Comparator.reverseOrder());
    assertThatThrownBy(() -> written(turned)).isInstanceOf(SnapshotException.class);
  }

  @Test
  void whatWasCutOffIsRefused() throws IOException {
    byte[] whole = written(state());
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> filled(part)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void theStateOfAnotherBuildIsRefused() throws IOException {
    byte[] bytes = written(state());
    // The name of the first class is followed by its fingerprint.
    String name = State.class.getName();
    int fingerprint = 1 + Integer.BYTES + Integer.BYTES + Integer.BYTES + 1 + name.length();
    bytes[fingerprint] ^= 1;

    assertThatThrownBy(() -> filled(bytes))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("another build");
  }
}
