package io.etcdrobustness.checker.minimal;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.BudgetFactory;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.minimal.Reduction.World;
import io.etcdrobustness.history.History;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Looks for the smallest part of a history that still breaks a property.
 *
 * <p>First what the violation itself names is tried, then that with its neighbours in time, then
 * everything; what breaks is halved as long as it goes (Zeller and Hildebrandt, "Simplifying and
 * Isolating Failure-Inducing Input", 2002), and at last each part that remains has been left out
 * once, without a violation. Every step is judged anew: nothing is taken for granted, so a
 * counterexample is one whatever way led to it.
 *
 * <p>A counterexample that holds whoever else may have written is looked for first, since it needs
 * the least. Some hold only because nobody else did; there writes stay, and their answers are
 * forgotten.
 */
public final class Minimizer {

  private final Property property;
  private final BudgetFactory budgets;
  private final Budget total;
  private final IntConsumer progress;
  private int judgements;
  private boolean doubtful;

  /**
   * @param property one that is not {@linkplain Property#brokenByAbsence broken by absence}: of any
   *     other a part of a history proves nothing
   * @param budgets the limits of each judgement
   * @param total the limit of all together
   * @param progress is told the number of parts that are still needed, whenever there are fewer
   */
  public Minimizer(Property property, BudgetFactory budgets, Budget total, IntConsumer progress) {
    if (property.brokenByAbsence()) {
      throw new IllegalArgumentException(
          property.name() + " is broken by what is missing: a part of a history proves nothing");
    }
    this.property = property;
    this.budgets = budgets;
    this.total = total;
    this.progress = progress;
  }

  /** The smallest part of {@code history} that breaks the property; empty if the whole does not. */
  public Optional<Counterexample> minimize(History history) {
    Optional<Violation> inClosed = violation(history);
    if (inClosed.isEmpty()) {
      return Optional.empty();
    }
    Reduction open = new Reduction(history, World.OPEN);
    Set<Part> everything = new LinkedHashSet<>(open.parts());
    return Optional.of(
        violation(open.with(everything))
            .map(violation -> new Hunt(history, World.OPEN, violation).run())
            .orElseGet(() -> new Hunt(history, World.CLOSED, inClosed.get()).run()));
  }

  private Optional<Violation> violation(History history) {
    judgements++;
    Finding finding = property.judge(new Evidence(history), budgets.begin(property));
    doubtful |= finding.status() == Finding.Status.UNDECIDED;
    return finding.status() == Finding.Status.VIOLATED
        ? finding.violations().stream().findFirst()
        : Optional.empty();
  }

  /** One way down. */
  private final class Hunt {

    private final World world;
    private final Violation wanted;
    private Violation found;
    private Reduction reduction;

    Hunt(History history, World world, Violation wanted) {
      this.world = world;
      this.wanted = wanted;
      this.found = wanted;
      this.reduction = new Reduction(history, world);
    }

    Counterexample run() {
      List<Part> parts =
          switch (world) {
            case OPEN -> shrunk(named(), List.of());
            case CLOSED -> shrunkAmongWrites();
          };
      boolean cut = true;
      while (cut && !total.exhausted()) {
        cut = false;
        for (Part part : parts) {
          if (part instanceof Part.OfWatch(long watch)) {
            cut |= shorten(watch, parts);
          }
        }
        if (cut) {
          parts = shrunk(parts, List.of());
        }
      }
      return new Counterexample(
          reduction.with(new LinkedHashSet<>(parts)),
          found,
          parts.stream().flatMap(Minimizer::operation).toList(),
          parts.stream().flatMap(Minimizer::watch).toList(),
          !doubtful && !total.exhausted(),
          judgements);
    }

    /** Whether the parts break the property; what is taken in the end is what did so last. */
    private boolean breaks(List<Part> parts) {
      if (total.exhausted()) {
        return false;
      }
      Optional<Violation> violation = violation(reduction.with(new LinkedHashSet<>(parts)));
      violation.ifPresent(last -> {
        found = last;
        progress.accept(parts.size());
      });
      return violation.isPresent();
    }

    /**
     * What came later first, then reads and watches, then the answers of writes: the more of those
     * are forgotten, the longer it takes to judge what remains.
     */
    private List<Part> shrunkAmongWrites() {
      Reduction before = reduction;
      reduction = before.until(before.lastEnd(wanted.operations(), wanted.time()));
      if (!breaks(reduction.parts())) {
        reduction = before;
      }
      List<Part> writes = new ArrayList<>(reduction.parts());
      writes.removeIf(reduction::spareable);
      List<Part> rest = new ArrayList<>(reduction.parts());
      rest.removeIf(part -> !reduction.spareable(part));
      rest = shrunk(rest, writes);
      List<Part> all = new ArrayList<>(rest);
      all.addAll(shrunk(writes, rest));
      return shrunk(all, List.of(), 1);
    }

    /** What the violation names, with as many neighbours as it takes. */
    private List<Part> named() {
      List<Part> all = reduction.parts();
      Set<Part> named = new LinkedHashSet<>();
      wanted.operations().forEach(id -> named.add(new Part.OfOperation(id)));
      wanted.watches().forEach(id -> named.add(new Part.OfWatch(id)));
      int first = all.size();
      int last = -1;
      for (int i = 0; i < all.size(); i++) {
        if (named.contains(all.get(i))) {
          first = Math.min(first, i);
          last = i;
        }
      }
      List<Part> alone = all.stream().filter(named::contains).toList();
      if (last < 0) {
        return all;
      }
      if (breaks(alone)) {
        return alone;
      }
      for (int around = 16; around < all.size(); around *= 4) {
        int from = Math.max(0, first - around);
        int to = Math.min(all.size(), last + around + 1);
        List<Part> near = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
          if ((i >= from && i < to) || named.contains(all.get(i))) {
            near.add(all.get(i));
          }
        }
        if (breaks(near)) {
          return near;
        }
      }
      return all;
    }

    /** Leaves out stretches of {@code parts}, then single ones, until none can be spared. */
    private List<Part> shrunk(List<Part> parts, List<Part> others) {
      return shrunk(parts, others, Math.max(1, parts.size() / 2));
    }

    private List<Part> shrunk(List<Part> parts, List<Part> others, int first) {
      List<Part> needed = parts;
      int stretch = first;
      while (!total.exhausted()) {
        boolean spared = false;
        doubtful = false;
        for (int start = 0; start < needed.size() && !total.exhausted(); ) {
          List<Part> rest = new ArrayList<>(needed.subList(0, start));
          rest.addAll(needed.subList(Math.min(needed.size(), start + stretch), needed.size()));
          List<Part> tried = new ArrayList<>(rest);
          tried.addAll(others);
          if (breaks(tried)) {
            needed = rest;
            spared = true;
          } else {
            start += stretch;
          }
        }
        if (stretch == 1 && !spared) {
          break;
        }
        stretch = Math.max(1, Math.min(stretch, needed.size()) / 2);
      }
      return needed;
    }

    /** Cuts the watch after the last message that is needed; whether there was one too many. */
    private boolean shorten(long watch, List<Part> parts) {
      int whole = reduction.length(watch);
      int tooFew = 0;
      int enough = whole;
      while (enough - tooFew > 1 && !total.exhausted()) {
        int middle = (tooFew + enough) >>> 1;
        reduction.cut(watch, middle);
        if (breaks(parts)) {
          enough = middle;
        } else {
          tooFew = middle;
        }
      }
      reduction.cut(watch, enough);
      return enough < whole;
    }
  }

  private static Stream<Long> operation(Part part) {
    return part instanceof Part.OfOperation(long id) ? Stream.of(id) : Stream.empty();
  }

  private static Stream<Long> watch(Part part) {
    return part instanceof Part.OfWatch(long id) ? Stream.of(id) : Stream.empty();
  }
}
