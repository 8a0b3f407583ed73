package io.etcdrobustness.operator.metrics;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** What this process holds in memory, without what is garbage already. */
final class Heap {

  private Heap() {}

  /** Bytes that were still in use after each pool's last collection; 0 before the first one. */
  static double heldAfterCollection() {
    double held = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      // No usage: a pool that is not collected.
      MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      held += usage == null ? 0 : usage.getUsed();
    }
    return held;
  }

  /** Bytes that the heap may grow to. */
  static double most() {
    return Runtime.getRuntime().maxMemory();
  }
}
