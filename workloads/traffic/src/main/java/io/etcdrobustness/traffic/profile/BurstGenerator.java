package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.history.Request;
import java.util.function.Supplier;

/**
 * Writes in bursts, for watches to fall behind and catch up: many requests without a pause, then
 * silence for as long as they would have taken at the usual pace.
 */
final class BurstGenerator implements Generator {

  private static final int LONGEST = 40;

  private final RandomSource random;
  private final WeightedChoice<Supplier<Request>> choice;
  private int left;

  BurstGenerator(RandomSource random, Observed observed, Keys keys, Values values) {
    this.random = random;
    Reads reads = new Reads(random, observed, keys);
    Writes writes = new Writes(random, observed, keys, values);
    Compares compares = new Compares(random, observed, keys);
    Txns txns = new Txns(random, observed, keys, compares, reads, writes);
    Leases leases = new Leases(random, observed);
    choice =
        WeightedChoice.<Supplier<Request>>of()
            .with(45, writes::put)
            .with(15, writes::delete)
            .with(4, writes::deleteRange)
            .with(20, txns::multiOp)
            .with(5, txns::any)
            .with(7, reads::get)
            .with(4, leases::any);
  }

  @Override
  public Step fresh() {
    Step step = Step.single(choice.draw(random).get());
    if (left > 0) {
      left--;
      return step.withPause(0);
    }
    left = random.nextInt(LONGEST);
    return step.withPause(left + 1);
  }
}
