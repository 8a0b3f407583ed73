package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request.LeaseGrant;
import io.etcdrobustness.history.Request.LeaseKeepAlive;
import io.etcdrobustness.history.Request.LeaseRevoke;
import io.etcdrobustness.history.Request.Lock;
import io.etcdrobustness.history.Request.Put;
import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Request.Txn;
import io.etcdrobustness.history.Request.Unlock;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Response.LeaseGranted;
import io.etcdrobustness.history.Response.LeaseKeptAlive;
import io.etcdrobustness.history.Response.Locked;
import io.etcdrobustness.history.Response.TxnDone;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Critical sections under etcd's lock service: grant a lease, take a lock under it, count under the
 * lock, keep the lease alive meanwhile, give both back.
 *
 * <p>A section reads its counter and writes it one higher, in two requests: only the lock keeps
 * another holder from doing the same in between. The write asks that the lock's key still exists,
 * as etcd's documentation tells users to, because a lock ends with its lease. A part of the holders
 * lets the lease run out. A counter's value is {@code <number> <unique>}, so that two holders that
 * count to the same number are told apart.
 */
final class LockGenerator implements Generator {

  /** What the counters' keys begin with. */
  static final String COUNTERS = "counter/";

  private static final String LOCKS = "lock/";
  private static final Pattern COUNT = Pattern.compile("([0-9]{1,18}) ");

  private final RandomSource random;
  private final Keys counters;
  private final Values values;

  /** A client of one lock for each of {@code counters}. */
  LockGenerator(RandomSource random, Keys counters, Values values) {
    this.random = random;
    this.counters = counters;
    this.values = values;
  }

  @Override
  public Step fresh() {
    if (random.chance(0.2)) {
      KeyRange all = counters.all();
      return Step.single(Range.of(all.key(), all.end()));
    }
    String counter = counters.any(random);
    return Step.of(
        new LeaseGrant(0, random.between(2, 10)),
        operation ->
            Answers.answer(operation, LeaseGranted.class)
                .map(granted -> acquire(counter, granted.id())));
  }

  private Step acquire(String counter, long lease) {
    return Step.of(
        new Lock(LOCKS + counter, lease),
        operation ->
            Optional.of(
                Answers.answer(operation, Locked.class)
                    .map(locked ->
                        increment(
                            new Section(counter, lease, locked.key()), (int) random.between(1, 4)))
                    // Nobody knows if the lock will still be granted: without its lease it is not.
                    .orElseGet(() -> revoke(lease))));
  }

  /** A critical section: what it counts, under which lease, and the key that holds the lock. */
  private record Section(String counter, long lease, String key) {}

  private Step increment(Section section, int times) {
    return Step.of(
        Range.of(section.counter(), ""),
        operation ->
            Optional.of(
                Answers.answer(operation, Response.Ranged.class)
                    .map(read -> write(section, times, count(read.kvs())))
                    .orElseGet(() -> unlock(section))));
  }

  private Step write(Section section, int times, long count) {
    return Step.of(
        new Txn(
            List.of(
                Compare.of(
                    section.key(), Compare.Relation.NOT_EQUAL, new Compare.CreateRevision(0))),
            List.of(Put.of(section.counter(), (count + 1) + " " + values.small())),
            List.of(Range.of(section.counter(), ""))),
        operation -> {
          boolean held =
              Answers.answer(operation, TxnDone.class).filter(TxnDone::succeeded).isPresent();
          return Optional.of(held && times > 1 ? linger(section, times - 1) : unlock(section));
        });
  }

  /** Between two increments: keeps the lease alive, or lets it grow old. */
  private Step linger(Section section, int times) {
    if (random.chance(0.1)) {
      return increment(section, times).withPause(random.between(50, 150));
    }
    return Step.of(
        new LeaseKeepAlive(section.lease()),
        operation ->
            Optional.of(
                Answers.answer(operation, LeaseKeptAlive.class)
                        .filter(kept -> kept.ttl() > 0)
                        .isPresent()
                    ? increment(section, times)
                    : unlock(section)));
  }

  private Step unlock(Section section) {
    return random.chance(0.1)
        ? revoke(section.lease())
        : Step.of(new Unlock(section.key()), operation -> Optional.of(revoke(section.lease())));
  }

  private static Step revoke(long lease) {
    return Step.single(new LeaseRevoke(lease));
  }

  /** The counter's number; 0 where it is absent, or a broken etcd answers what nobody put. */
  private static long count(List<KeyValue> counter) {
    return counter.stream()
        .map(kv -> COUNT.matcher(kv.value()))
        .filter(Matcher::lookingAt)
        .map(matcher -> Long.parseLong(matcher.group(1)))
        .findFirst()
        .orElse(0L);
  }
}
