package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.faults.Agent.Half;

/** One way of a connection, seen from the side that dialled. */
enum Way {
  OUTBOUND,
  INBOUND;

  boolean coveredBy(Half half) {
    return switch (half) {
      case OUTBOUND -> this == OUTBOUND;
      case INBOUND -> this == INBOUND;
      case BOTH -> true;
    };
  }
}
