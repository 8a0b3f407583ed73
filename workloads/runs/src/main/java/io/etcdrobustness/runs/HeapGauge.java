package io.etcdrobustness.runs;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Measures how much of the heap is in use after garbage collections. */
final class HeapGauge implements AutoCloseable {

  private final AtomicLong highest = new AtomicLong();
  private final NotificationListener listener;
  private final List<NotificationEmitter> emitters;

  /** Begins to measure. */
  HeapGauge() {
    Set<String> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    listener =
        (notification, _) -> {
          if (notification.getUserData() instanceof CompositeData data
              && notification
                  .getType()
                  .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            long used =
                GarbageCollectionNotificationInfo.from(data)
                    .getGcInfo()
                    .getMemoryUsageAfterGc()
                    .entrySet()
                    .stream()
                    .filter(pool -> heap.contains(pool.getKey()))
                    .mapToLong(pool -> pool.getValue().getUsed())
                    .sum();
            highest.accumulateAndGet(used, Math::max);
          }
        };
    emitters =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(bean -> bean instanceof NotificationEmitter)
            .map(NotificationEmitter.class::cast)
            .toList();
    emitters.forEach(emitter -> emitter.addNotificationListener(listener, null, null));
  }

  /** The most that was in use after a collection since this was asked last; 0 if there was none. */
  long takeHighest() {
    return highest.getAndSet(0);
  }

  @Override
  public void close() {
    for (NotificationEmitter emitter : emitters) {
      try {
        emitter.removeNotificationListener(listener);
      } catch (ListenerNotFoundException gone) {
        throw new IllegalStateException("the heap is not measured any more", gone);
      }
    }
  }
}
