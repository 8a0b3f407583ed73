package io.etcdrobustness.runs.upgrade;

import io.etcdrobustness.spec.Release;
import java.time.Duration;

/** One step of an upgrade. */
public sealed interface UpgradeStep {

  /** For people, without a subject: {@code change m1 from v3.6.16 to v3.7.3}. */
  String inWords();

  /** Changes one member; ends when it serves. */
  record Change(String member, Release from, Release to) implements UpgradeStep {
    @Override
    public String inWords() {
      return "change %s from %s to %s".formatted(member, from, to);
    }
  }

  /** Leaves the cluster as it is for a while, under traffic and faults. */
  record Hold(Duration time) implements UpgradeStep {
    @Override
    public String inWords() {
      return time.toMillis() % 1000 == 0
          ? "hold for %d s".formatted(time.toSeconds())
          : "hold for %d ms".formatted(time.toMillis());
    }
  }

  /**
   * Has etcd allow members to go back from the minor of {@code from} to that of {@code to}; ends
   * when every member keeps its data as {@code to} reads it.
   */
  record AllowDowngrade(Release from, Release to) implements UpgradeStep {
    @Override
    public String inWords() {
      return "have the cluster allow the way back from %s to %s".formatted(from.line(), to.line());
    }
  }

  /** Waits until the cluster as a whole is of the minor of {@code on}, which takes it seconds. */
  record Settle(Release on) implements UpgradeStep {
    @Override
    public String inWords() {
      return "wait until the cluster is of version %s as a whole".formatted(on.line());
    }
  }
}
