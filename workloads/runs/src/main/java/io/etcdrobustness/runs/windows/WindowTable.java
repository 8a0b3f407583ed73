package io.etcdrobustness.runs.windows;

import java.util.ArrayList;
import java.util.List;

/**
 * The windows of a run, of whatever age it is: each of the last hundred, and those before in
 * stretches, of which there are a hundred at most. Immutable.
 */
public record WindowTable(List<WindowStretch> before, List<WindowRow> last) {

  static final int MOST = 100;

  /** Without any. */
  public static final WindowTable NONE = new WindowTable(List.of(), List.of());

  public WindowTable {
    before = List.copyOf(before);
    last = List.copyOf(last);
  }

  /** With one window more. */
  public WindowTable with(WindowRow row) {
    List<WindowRow> rows = new ArrayList<>(last);
    rows.add(row);
    if (rows.size() <= MOST) {
      return new WindowTable(before, rows);
    }
    List<WindowStretch> stretches = new ArrayList<>(before);
    stretches.add(WindowStretch.of(rows.removeFirst()));
    return new WindowTable(stretches.size() <= MOST ? stretches : halved(stretches), rows);
  }

  /** Two and two become one, from the oldest on; the last one stays if it is left over. */
  private static List<WindowStretch> halved(List<WindowStretch> stretches) {
    List<WindowStretch> halved = new ArrayList<>();
    for (int i = 0; i < stretches.size(); i += 2) {
      halved.add(
          i + 1 < stretches.size() ? stretches.get(i).and(stretches.get(i + 1)) : stretches.get(i));
    }
    return halved;
  }
}
