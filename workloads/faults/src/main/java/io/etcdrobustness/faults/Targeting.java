package io.etcdrobustness.faults;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.faults.Injection.Fault;
import io.etcdrobustness.faults.Injection.Partition;
import io.etcdrobustness.spec.FaultsSpec.Direction;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Resolves roles and shapes to members and links; a pure function of the view and the draw. */
final class Targeting {

  /** Messages of {@code from} to {@code to}. */
  record Link(String from, String to) {}

  private final List<String> members;
  private final Optional<String> leader;
  private final RandomSource random;

  Targeting(List<String> members, Optional<String> leader, RandomSource random) {
    this.members = members;
    this.leader = leader;
    this.random = random;
  }

  /** The members in {@code target}'s role, sorted; empty if nobody is, such as without a leader. */
  Set<String> members(Target target) {
    int minority = Math.max(1, (members.size() - 1) / 2);
    return switch (target) {
      case Leader -> new TreeSet<>(leader.stream().toList());
      case Follower ->
          leader.isEmpty()
              ? Set.of()
              : some(1, members.stream().filter(m -> !m.equals(leader.get())).toList());
      case One -> some(1, members);
      case Random -> some((int) random.between(1, members.size()), members);
      case Minority -> some(minority, members);
      case Majority -> some(members.size() / 2 + 1, members);
      case All -> new TreeSet<>(members);
    };
  }

  private Set<String> some(int count, List<String> candidates) {
    List<String> shuffled = random.shuffled(candidates);
    return new TreeSet<>(shuffled.subList(0, Math.min(count, shuffled.size())));
  }

  /** The links that {@code fault} on {@code hit} works on; every link once. */
  Set<Link> links(Fault fault, Set<String> hit) {
    if (fault instanceof Partition partition) {
      switch (partition.shape()) {
        case Halves -> {
          return halves(Optional.empty());
        }
        case Bridge -> {
          return halves(Optional.of(random.pick(members)));
        }
        case MajoritiesRing -> {
          return majoritiesRing();
        }
        case One, Leader, Minority -> {
          // The links between those hit and the others, below.
        }
      }
    }
    Direction direction =
        switch (fault) {
          case Partition partition -> partition.direction();
          case Injection.Delay delay -> delay.direction();
          case Injection.Stall stall -> stall.direction();
          case Injection.Loss loss -> loss.direction();
          case Injection.Kill _,
              Injection.Pause _,
              Injection.Reset _,
              Injection.ClientPartition _,
              Injection.PodDelete _,
              Injection.PodEvict _,
              Injection.VolumeLoss _,
              Injection.NodeDrain _,
              Injection.PowerLoss _,
              Injection.DiskFull _,
              Injection.SlowDisk _,
              Injection.FailingDisk _,
              Injection.ClockOffset _,
              Injection.Starve _ ->
              Direction.Both;
        };
    Set<Link> links = newLinks();
    for (String member : hit) {
      for (String other : members) {
        // Where everybody is hit there is no outside: then all links are meant.
        if (member.equals(other) || (hit.contains(other) && hit.size() < members.size())) {
          continue;
        }
        if (direction != Direction.To) {
          links.add(new Link(member, other));
        }
        if (direction != Direction.From) {
          links.add(new Link(other, member));
        }
      }
    }
    return links;
  }

  private Set<Link> halves(Optional<String> bridge) {
    List<String> shuffled =
        new ArrayList<>(
            random.shuffled(members.stream().filter(m -> !bridge.equals(Optional.of(m))).toList()));
    int middle = shuffled.size() / 2;
    Set<Link> links = newLinks();
    for (String left : shuffled.subList(0, middle)) {
      for (String right : shuffled.subList(middle, shuffled.size())) {
        links.add(new Link(left, right));
        links.add(new Link(right, left));
      }
    }
    return links;
  }

  /** Each member hears itself and the n/2 after it on a ring: a majority, another one for each. */
  private Set<Link> majoritiesRing() {
    List<String> ring = random.shuffled(members);
    int size = ring.size();
    Set<Link> links = newLinks();
    for (int i = 0; i < size; i++) {
      for (int after = size / 2 + 1; after < size; after++) {
        links.add(new Link(ring.get((i + after) % size), ring.get(i)));
      }
    }
    return links;
  }

  private static Set<Link> newLinks() {
    return new TreeSet<>(java.util.Comparator.comparing(Link::from).thenComparing(Link::to));
  }
}
