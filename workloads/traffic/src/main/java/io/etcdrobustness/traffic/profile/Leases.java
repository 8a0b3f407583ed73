package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.LeaseGrant;
import io.etcdrobustness.history.Request.LeaseKeepAlive;
import io.etcdrobustness.history.Request.LeaseRevoke;
import io.etcdrobustness.history.Request.LeaseTimeToLive;
import java.util.List;
import java.util.function.Function;

/**
 * Draws requests about leases: short ones that expire, long ones that stay, and both renewed,
 * looked at and ended by clients that did not grant them.
 */
record Leases(RandomSource random, Observed observed) {

  /** With this many leases, more are ended than granted. */
  private static final int ENOUGH = 12;

  private static final WeightedChoice<Function<Leases, Request>> FEW =
      WeightedChoice.<Function<Leases, Request>>of()
          .with(4, Leases::grant)
          .with(4, Leases::keepAlive)
          .with(1, Leases::revoke)
          .with(2, Leases::timeToLive);

  private static final WeightedChoice<Function<Leases, Request>> ENOUGH_OF_THEM =
      WeightedChoice.<Function<Leases, Request>>of()
          .with(1, Leases::grant)
          .with(5, Leases::keepAlive)
          .with(3, Leases::revoke)
          .with(2, Leases::timeToLive);

  /** Any request about leases. */
  Request any() {
    List<Long> known = observed.leases();
    return known.isEmpty()
        ? grant()
        : (known.size() < ENOUGH ? FEW : ENOUGH_OF_THEM).draw(random).apply(this);
  }

  private LeaseGrant grant() {
    long ttl = random.chance(0.6) ? random.between(2, 5) : random.between(60, 600);
    // Mostly etcd chooses the id. An id of the client's own may exist already: it is then refused.
    return new LeaseGrant(random.chance(0.8) ? 0 : random.between(1, 1000), ttl);
  }

  private LeaseKeepAlive keepAlive() {
    return new LeaseKeepAlive(lease());
  }

  private LeaseRevoke revoke() {
    return new LeaseRevoke(lease());
  }

  private LeaseTimeToLive timeToLive() {
    return new LeaseTimeToLive(lease(), random.chance(0.5));
  }

  private long lease() {
    return random.pick(observed.leases());
  }
}
