package io.etcdrobustness.spec;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** A file is not a test. Holds every mistake, in the order of the file; one per line as message. */
public final class SpecException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<Mistake> mistakes;

  SpecException(List<Mistake> mistakes) {
    super(mistakes.stream().map(Mistake::toString).collect(joining("\n")));
    this.mistakes = List.copyOf(mistakes);
  }

  /** All that is wrong, at least one. */
  public List<Mistake> mistakes() {
    return mistakes;
  }
}
