package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.AlarmList;
import io.etcdrobustness.history.Request.HashKv;
import io.etcdrobustness.history.Request.Status;
import java.util.function.Supplier;

/** Every request that etcd has, at random, on few keys. */
final class MixedGenerator implements Generator {

  private final RandomSource random;
  private final WeightedChoice<Supplier<Step>> choice;

  MixedGenerator(RandomSource random, Observed observed, Keys keys, Values values) {
    this.random = random;
    Reads reads = new Reads(random, observed, keys);
    Writes writes = new Writes(random, observed, keys, values);
    Compares compares = new Compares(random, observed, keys);
    Txns txns = new Txns(random, observed, keys, compares, reads, writes);
    Leases leases = new Leases(random, observed);
    choice =
        WeightedChoice.<Supplier<Step>>of()
            .with(220, single(writes::put))
            .with(20, single(writes::putWithLease))
            .with(60, single(writes::delete))
            .with(15, single(writes::deleteRange))
            .with(120, single(reads::get))
            .with(40, single(reads::list))
            .with(70, single(reads::any))
            .with(70, single(reads::historical))
            .with(50, single(reads::serializable))
            .with(25, () -> Lists.paginated(keys.all(), random.between(1, 4), revision -> {}))
            .with(90, single(txns::any))
            .with(60, single(txns::multiOp))
            .with(30, single(txns::readOnly))
            .with(40, txns::compareAndSet)
            .with(5, single(txns::manyCompares))
            .with(12, single(txns::rangeAtOldRevision))
            .with(2, single(txns::illegal))
            .with(65, single(leases::any))
            .with(3, single(Status::new))
            .with(2, single(() -> new HashKv(new Revisions(random, observed).past())))
            .with(1, single(AlarmList::new));
  }

  private static Supplier<Step> single(Supplier<? extends Request> request) {
    return () -> Step.single(request.get());
  }

  @Override
  public Step fresh() {
    return choice.draw(random).get();
  }
}
