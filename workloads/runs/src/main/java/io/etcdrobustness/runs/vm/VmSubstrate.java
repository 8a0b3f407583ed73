package io.etcdrobustness.runs.vm;

import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.Substrate;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.binaries.BinaryOf;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.Release;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Real etcd processes in one deterministic machine. */
public final class VmSubstrate implements Substrate {

  private final Map<String, String> environment;
  private final BinaryOf binaries;
  private final Optional<Schedule> schedule;
  private final Look look;
  private final Map<String, String> recorded;
  private final Map<SortedMap<Release, Path>, Parts> known;

  /**
   * A substrate.
   *
   * @param environment of this process; says where the machine's parts are
   * @param binaries where etcds come from
   */
  public VmSubstrate(Map<String, String> environment, BinaryOf binaries) {
    this(Map.copyOf(environment), binaries, Optional.empty(), Look.NONE, Map.of(), new HashMap<>());
  }

  private VmSubstrate(
      Map<String, String> environment,
      BinaryOf binaries,
      Optional<Schedule> schedule,
      Look look,
      Map<String, String> recorded,
      Map<SortedMap<Release, Path>, Parts> known) {
    this.environment = environment;
    this.binaries = binaries;
    this.schedule = schedule;
    this.look = look;
    this.recorded = recorded;
    this.known = known;
  }

  /** The same with this schedule, instead of one that the run's seed decides. */
  public VmSubstrate with(Schedule other) {
    return new VmSubstrate(environment, binaries, Optional.of(other), look, recorded, known);
  }

  /** The same, looked at closer. */
  public VmSubstrate with(Look closer) {
    return new VmSubstrate(environment, binaries, schedule, closer, recorded, known);
  }

  /** The same in the machine of a recorded run, if that is still there. */
  public VmSubstrate in(Map<String, String> parts) {
    return new VmSubstrate(
        environment, binaries, schedule, look, Map.copyOf(parts), new HashMap<>());
  }

  @Override
  public String name() {
    return "vm";
  }

  @Override
  public Map<FaultType, String> unsupported() {
    Map<FaultType, String> unsupported = new EnumMap<>(FaultType.class);
    FaultType.OF_PODS.forEach(
        type -> unsupported.put(type, "a machine has no pods; apply the test in Kubernetes"));
    unsupported.put(FaultType.Reset, "connections between members cannot be reset in a machine");
    return unsupported;
  }

  @Override
  public EventLoop loop(long seed, Consumer<Throwable> onFailure) {
    return new GuestLoop(seed, onFailure);
  }

  @Override
  public Cluster start(
      ClusterSpec spec, List<Release> upgrades, Path directory, EventLoop loop, Recorder recorder)
      throws SubstrateException, InterruptedException {
    if (!(loop instanceof GuestLoop guest)) {
      throw new IllegalArgumentException("a run in a machine lives on the machine's loop");
    }
    SortedMap<Release, Path> etcds = new TreeMap<>();
    for (int i = 0; i < spec.replicas(); i++) {
      put(etcds, Release.parse(spec.versionOf(i)));
    }
    for (Release release : upgrades) {
      put(etcds, release);
    }
    Parts parts;
    // Digests of all parts take longer than the start of a machine, and are asked for once.
    synchronized (known) {
      parts = known.get(etcds);
      if (parts == null) {
        parts = Parts.of(environment, etcds, VmCluster.MEMORY, recorded);
        known.put(etcds, parts);
      }
    }
    return VmCluster.start(
        spec,
        parts,
        schedule.orElseGet(() -> Schedule.of(guest.seed())),
        look,
        directory.toAbsolutePath(),
        guest,
        recorder);
  }

  private void put(SortedMap<Release, Path> etcds, Release release)
      throws SubstrateException, InterruptedException {
    if (!etcds.containsKey(release)) {
      etcds.put(release, binaries.get(release));
    }
  }
}
