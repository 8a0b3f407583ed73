package io.etcdrobustness.traffic.driver;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What all clients pass before they begin something: it can hold them back for a while, each with
 * what it is about to do next, and make them slower. On the loop.
 */
final class Valve {

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean shut;
  private double pauses = 1;

  /** Does {@code step} now, or when the valve is opened. */
  void pass(Runnable step) {
    if (shut) {
      waiting.add(step);
    } else {
      step.run();
    }
  }

  /** Lets nobody pass from now on. */
  void shut() {
    shut = true;
  }

  /** Lets those pass who wait, in the order in which they came, and everybody after them. */
  void open() {
    shut = false;
    while (!shut && !waiting.isEmpty()) {
      waiting.removeFirst().run();
    }
  }

  /**
   * Makes the clients slower.
   *
   * @param factor how much longer their pauses are than planned; 1 for as planned
   */
  void lengthenPauses(double factor) {
    if (factor < 1) {
      throw new IllegalArgumentException("clients cannot be faster than planned: " + factor);
    }
    pauses = factor;
  }

  /** How much longer pauses are than planned. */
  double pauses() {
    return pauses;
  }
}
