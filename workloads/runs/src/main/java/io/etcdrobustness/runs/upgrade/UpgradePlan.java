package io.etcdrobustness.runs.upgrade;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.runs.upgrade.UpgradeStep.AllowDowngrade;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Change;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Hold;
import io.etcdrobustness.runs.upgrade.UpgradeStep.Settle;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.spec.UpgradeSpec;
import io.etcdrobustness.spec.UpgradeSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every step of an upgrade, in order: a function of the spec and the seed alone. The seed says in
 * which order members follow; it is the same on the way back.
 *
 * @param at when the first step begins, since the traffic began
 */
public record UpgradePlan(Duration at, List<UpgradeStep> steps) {

  /** No upgrade. */
  public static final UpgradePlan NONE = new UpgradePlan(Duration.ZERO, List.of());

  /** There should be data, and a leader, before anything changes. */
  private static final Duration LEAD = Duration.ofSeconds(5);

  private static final int FIRST_THAT_TELLS_ITS_VERSION = 5;
  private static final int FIRST_THAT_MUST_BE_ASKED = 6;

  public UpgradePlan {
    steps = List.copyOf(steps);
  }

  /**
   * The plan.
   *
   * @param upgrade null: none
   * @param traffic how long the traffic runs
   */
  public static UpgradePlan of(
      @Nullable UpgradeSpec upgrade, List<String> members, Duration traffic, RandomSource random) {
    if (upgrade == null) {
      return NONE;
    }
    Duration tenth = traffic.dividedBy(10);
    return new UpgradePlan(
        tenth.compareTo(LEAD) < 0 ? tenth : LEAD,
        new Steps(random.shuffled(members), upgrade).all());
  }

  /** The releases that members are changed to, each once. */
  public List<Release> releases() {
    return steps.stream()
        .filter(Change.class::isInstance)
        .map(step -> ((Change) step).to())
        .distinct()
        .toList();
  }

  private static final class Steps {
    private final List<String> first;
    private final List<String> rest;
    private final UpgradeSpec upgrade;
    private final List<UpgradeStep> steps = new ArrayList<>();

    Steps(List<String> order, UpgradeSpec upgrade) {
      // Of three members two: the new release then has a quorum, and the old one still a say.
      int half = (order.size() + 1) / 2;
      this.first = order.subList(0, half);
      this.rest = order.subList(half, order.size());
      this.upgrade = upgrade;
    }

    List<UpgradeStep> all() {
      List<Release> path = upgrade.releases();
      int last = path.size() - 1;
      for (int i = 1; i <= last; i++) {
        if (i < last || upgrade.strategy() == Strategy.Rolling) {
          hop(path.get(i - 1), path.get(i));
        } else {
          halfWay(path.get(i - 1), path.get(i));
        }
      }
      if (upgrade.downgrade()) {
        hold();
        for (int i = last; i >= 1; i--) {
          if (changesLine(path.get(i), path.get(i - 1))
              && path.get(i).isAtLeast(3, FIRST_THAT_MUST_BE_ASKED)) {
            steps.add(new AllowDowngrade(path.get(i), path.get(i - 1)));
          }
          hop(path.get(i), path.get(i - 1));
        }
      }
      return steps;
    }

    private void hop(Release from, Release to) {
      change(first, from, to);
      if (!rest.isEmpty()) {
        hold();
      }
      change(rest, from, to);
      if (changesLine(from, to) && to.isAtLeast(3, FIRST_THAT_TELLS_ITS_VERSION)) {
        steps.add(new Settle(to));
      }
    }

    private void halfWay(Release from, Release to) {
      change(first, from, to);
      if (upgrade.strategy() == Strategy.AbortAndDowngrade) {
        hold();
        change(first, to, from);
      }
    }

    private void hold() {
      if (!upgrade.holdTime().isZero()) {
        steps.add(new Hold(upgrade.holdTime()));
      }
    }

    private void change(List<String> members, Release from, Release to) {
      members.forEach(member -> steps.add(new Change(member, from, to)));
    }

    private static boolean changesLine(Release one, Release other) {
      return !one.line().equals(other.line());
    }
  }
}
