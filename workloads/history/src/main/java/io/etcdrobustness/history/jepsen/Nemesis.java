package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.FaultWindow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the nemesis did, as windows of faults.
 *
 * <p>It tells each thing twice, before and after. A fault lasts from the first telling of {@code
 * start-x}, {@code kill} or {@code pause} to the last one of {@code stop-x}, {@code start} or
 * {@code resume}; where there is none, for ever. All else ({@code compact}, {@code grow}, {@code
 * bitflip-wal}, …) is a window of its own. Nobody measured whether a fault took effect.
 */
final class Nemesis {

  private static final String UNMEASURED =
      "Jepsen's nemesis did it; the history holds no measurement";
  private static final Map<String, String> ENDS = Map.of("start", "kill", "resume", "pause");

  private final List<FaultWindow> windows = new ArrayList<>();
  private final Map<String, JepsenOp> lasting = new LinkedHashMap<>();

  private Nemesis() {}

  /** The windows, by the time of their end; those that never ended come last. */
  static List<FaultWindow> windows(List<JepsenOp> operations) {
    Nemesis nemesis = new Nemesis();
    Map<Edn, JepsenOp> begun = new HashMap<>();
    for (JepsenOp operation : operations) {
      JepsenOp before = begun.remove(operation.process());
      if (before == null || !before.f().equals(operation.f())) {
        begun.put(operation.process(), operation);
        nemesis.begin(operation);
      } else {
        nemesis.end(before, operation);
      }
    }
    nemesis.lasting.values().forEach(start -> nemesis.add(start, Optional.empty()));
    return List.copyOf(nemesis.windows);
  }

  private void begin(JepsenOp operation) {
    if (lasts(operation.f())) {
      lasting.putIfAbsent(operation.f(), operation);
    }
  }

  private void end(JepsenOp before, JepsenOp after) {
    String f = after.f();
    if (lasts(f)) {
      return;
    }
    Optional<String> ended =
        f.startsWith("stop-")
            ? Optional.of("start-" + f.substring(5))
            : Optional.ofNullable(ENDS.get(f));
    Optional<JepsenOp> start = ended.map(lasting::remove);
    if (start.isPresent()) {
      add(start.get(), Optional.of(after));
    } else if (ended.isEmpty()) {
      add(before, Optional.of(after));
    }
  }

  private static boolean lasts(String f) {
    return f.startsWith("start-") || ENDS.containsValue(f);
  }

  private void add(JepsenOp start, Optional<JepsenOp> end) {
    windows.add(
        new FaultWindow(
            "jepsen-" + start.number(),
            start.f(),
            "",
            nodes(start.value()),
            start.value().text(),
            start.time().orElse(0),
            end.map(last -> last.time().orElse(0)).orElse(Long.MAX_VALUE),
            FaultWindow.Result.NOT_OBSERVED,
            UNMEASURED));
  }

  /** The nodes that are named: the keys of a map, the items of a list. */
  private static List<String> nodes(Edn value) {
    Collection<Edn> named =
        switch (value) {
          case Edn.MapOf(Map<Edn, Edn> entries) -> entries.keySet();
          case Edn.Items(List<Edn> items) -> items;
          case Edn.SetOf(Set<Edn> items) -> items;
          case Edn other -> List.of();
        };
    return named.stream()
        .flatMap(each ->
            each instanceof Edn.Text(String name)
                ? List.of(name).stream()
                : List.<String>of().stream())
        .toList();
  }
}
