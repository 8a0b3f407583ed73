package io.etcdrobustness.runs;

import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.Release;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Where a cluster lives. */
public interface Substrate {

  /** Its name on the command line: {@code processes}, {@code kubernetes}, {@code vm}. */
  String name();

  /** The kinds of fault that it cannot do here, with the reason. */
  Map<FaultType, String> unsupported();

  /**
   * The loop on which a run lives here: in real time, unless a substrate has a time of its own.
   *
   * @param seed of the run
   * @param onFailure is told, on the loop, of every exception that a task threw
   */
  default EventLoop loop(long seed, Consumer<Throwable> onFailure) {
    return new RealScheduler("run", onFailure);
  }

  /**
   * Starts a cluster and waits until every member serves.
   *
   * @param upgrades the releases that members will be changed to under way; none: {@link
   *     Cluster#changeVersion} will not be called
   * @param directory is this cluster's own: data, logs, certificates
   * @param loop of the run, from {@link #loop}
   * @param recorder is told of members' events
   * @throws SubstrateException if it cannot be brought up, if one of the releases cannot be had, or
   *     if there are upgrades and members here cannot change their version; nothing is left running
   *     then
   * @throws InterruptedException if its thread is interrupted, which ends the attempt at once;
   *     nothing is left running then either
   */
  Cluster start(
      ClusterSpec spec, List<Release> upgrades, Path directory, EventLoop loop, Recorder recorder)
      throws SubstrateException, InterruptedException;
}
