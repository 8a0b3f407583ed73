package io.etcdrobustness.runs.vm;

import io.etcdrobustness.engine.RandomSource;
import java.util.List;

/**
 * How the guest's threads take turns: the kernel's seeded scheduler, which makes every call of a
 * program take a random time and has one in so many give up the processor; and how long its disks
 * take, which without this is no time at all: then nothing ever happens between a write and its
 * being safe.
 *
 * @param seed of the kernel's draws
 * @param cost of a call at the most, ns of simulated time
 * @param yield one call in so many gives up the processor; 0: none
 * @param threads that Go runs at once in each etcd
 * @param strikes whether what ends a member waits until it has just acknowledged a write: what it
 *     promised then is what a crash may take away
 * @param disk how much longer each request to a member's disk takes, ms; in effect up to the next
 *     tick of 10 ms. Memory takes no time
 */
public record Schedule(long seed, int cost, int yield, int threads, boolean strikes, int disk) {

  private static final List<Integer> COSTS = List.of(5_000, 20_000, 30_000);
  private static final List<Integer> YIELDS = List.of(3, 5, 10);
  private static final List<Integer> DISKS = List.of(0, 0, 5);

  /** The schedule of a run of which nobody says it. */
  static Schedule of(long seed) {
    return drawn(new RandomSource(seed).fork("schedule"));
  }

  /** Any schedule. */
  public static Schedule drawn(RandomSource random) {
    return new Schedule(
        1 + random.nextLong(Long.MAX_VALUE >>> 2),
        random.pick(COSTS),
        random.pick(YIELDS),
        2,
        random.chance(0.5),
        random.pick(DISKS));
  }

  /** The same, in which nobody gives up the processor. */
  public Schedule calm() {
    return new Schedule(seed, cost, 0, threads, strikes, disk);
  }

  /** The same with disks that take no time. */
  public Schedule onFastDisks() {
    return new Schedule(seed, cost, yield, threads, strikes, 0);
  }

  /** As the kernel reads it from its command line. */
  String argument() {
    return "dst_sched=%d,%d,%d".formatted(seed, cost, yield);
  }

  /**
   * What each etcd is started with. Go's garbage collector spins while another of its threads has
   * no processor, which in a machine without a timer can be for ever (research: never seen without
   * the collector); runs are short enough to do without.
   */
  List<String> environment() {
    return List.of("PATH=/bin", "HOME=/", "GOGC=off", "GOMAXPROCS=" + threads);
  }
}
