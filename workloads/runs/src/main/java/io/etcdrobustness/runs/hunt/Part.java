package io.etcdrobustness.runs.hunt;

/**
 * One of several hunts of the same test at once, on other machines: no seed of a run is one of
 * another part.
 *
 * @param index of it, from 0
 * @param of how many there are
 */
public record Part(int index, int of) {

  /** The only one. */
  public static final Part WHOLE = new Part(0, 1);

  public Part {
    if (of < 1 || index < 0 || index >= of) {
      throw new IllegalArgumentException(
          "there is no part %d of %d; they count from 0".formatted(index, of));
    }
  }

  /** A seed of this part, from a draw of any. */
  long seed(long drawn) {
    return drawn * of + index;
  }

  /** The name of what belongs to it alone. */
  public String name() {
    return "part-" + index;
  }
}
