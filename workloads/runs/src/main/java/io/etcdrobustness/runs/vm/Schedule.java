package io.etcdrobustness.runs.vm;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.etcdrobustness.engine.RandomSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
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
 * @param branches other draws of the kernel from later instants on, the earliest first
 */
public record Schedule(
    long seed,
    int cost,
    int yield,
    int threads,
    boolean strikes,
    int disk,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Branch> branches) {

  private static final List<Integer> COSTS = List.of(5_000, 20_000, 30_000);
  private static final List<Integer> YIELDS = List.of(3, 5, 10);
  private static final List<Integer> DISKS = List.of(0, 0, 5);

  /**
   * Where a run leaves what it did before with the same schedule: up to then it is the same to the
   * bit, from then on the kernel draws from another seed.
   *
   * @param at of the run's clock, ns
   */
  public record Branch(long at, long seed, int cost, int yield) {

    /** As the kernel takes it from who writes it to the file of the parameter. */
    byte[] argument() {
      return Schedule.argument(seed, cost, yield).getBytes(StandardCharsets.US_ASCII);
    }
  }

  /** What was written by a build without branches has none. */
  public Schedule {
    branches = branches == null ? List.of() : List.copyOf(branches);
  }

  /** One without branches. */
  public Schedule(long seed, int cost, int yield, int threads, boolean strikes, int disk) {
    this(seed, cost, yield, threads, strikes, disk, List.of());
  }

  /** The schedule of a run of which nobody says it. */
  static Schedule of(long seed) {
    return drawn(new RandomSource(seed).fork("schedule"));
  }

  /** Any schedule. */
  public static Schedule drawn(RandomSource random) {
    return new Schedule(
        kernelSeed(random),
        random.pick(COSTS),
        random.pick(YIELDS),
        2,
        random.chance(0.5),
        random.pick(DISKS),
        List.of());
  }

  /** This schedule up to an instant, and any other from then on. */
  public Schedule branched(Duration at, RandomSource random) {
    List<Branch> all = new ArrayList<>();
    branches.stream().filter(branch -> branch.at() < at.toNanos()).forEach(all::add);
    all.add(new Branch(at.toNanos(), kernelSeed(random), random.pick(COSTS), random.pick(YIELDS)));
    return new Schedule(seed, cost, yield, threads, strikes, disk, all);
  }

  /** This schedule from its begin to the end. */
  public Schedule unbranched() {
    return new Schedule(seed, cost, yield, threads, strikes, disk, List.of());
  }

  /** The same, in which nobody gives up the processor. */
  public Schedule calm() {
    return new Schedule(seed, cost, 0, threads, strikes, disk, branches);
  }

  /** The same with disks that take no time. */
  public Schedule onFastDisks() {
    return new Schedule(seed, cost, yield, threads, strikes, 0, branches);
  }

  /** As the kernel reads it from its command line. */
  String argument() {
    return "dst_sched=" + argument(seed, cost, yield);
  }

  private static String argument(long seed, int cost, int yield) {
    return "%d,%d,%d".formatted(seed, cost, yield);
  }

  private static long kernelSeed(RandomSource random) {
    return 1 + random.nextLong(Long.MAX_VALUE >>> 2);
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
