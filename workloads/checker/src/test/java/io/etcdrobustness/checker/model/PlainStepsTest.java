package io.etcdrobustness.checker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What is executed and compared in one go is what the model executes and {@link Matching} compares.
 * More: {@code -Dagreement.histories}, {@code -Dagreement.seed}.
 */
class PlainStepsTest {

  private static final int STORES = Integer.getInteger("agreement.histories", 20_000) / 10;
  private static final long FIRST_SEED = Long.getLong("agreement.seed", 1);
  private static final int STEPS = 40;

  private static final List<String> KEYS = List.of("a", "b", "c");

  @Test
  void plainStepsAgreeWithTheModel() {
    Map<PlainSteps.Result, Integer> seen = new EnumMap<>(PlainSteps.Result.class);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + STORES; seed++) {
      RandomSource random = new RandomSource(seed);
      EtcdModel model = new EtcdModel(Store.forward(1 << 10), LeaseRule.STRICT);
      EtcdModel oracle = new EtcdModel(Store.forward(1 << 10), LeaseRule.STRICT);
      PlainSteps plain = new PlainSteps(model);
      for (int i = 0; i < STEPS; i++) {
        Request request = request(random);
        Response answer = answer(request, oracle.store(), random);
        String told = "seed %d, step %d: %s answered %s".formatted(seed, i, request, answer);
        PlainSteps.Result expected = judged(oracle, request, answer);
        PlainSteps.Result result = plain.execute(request, answer);
        seen.merge(result, 1, Integer::sum);
        if (result == PlainSteps.Result.NOT_PLAIN) {
          result = judged(model, request, answer);
        }
        assertThat(result).as(told).isEqualTo(expected);
        if (result == PlainSteps.Result.WRONG) {
          // Nobody goes on with a store after that.
          break;
        }
        assertThat(state(model)).as(told).isEqualTo(state(oracle));
        assertThat(model.store().takeWritten()).as(told).isEqualTo(oracle.store().takeWritten());
      }
    }
    assertThat(seen.keySet()).hasSize(PlainSteps.Result.values().length);
    seen.forEach((result, times) -> assertThat(times).as(result.name()).isGreaterThan(STORES / 4));
  }

  private static PlainSteps.Result judged(EtcdModel model, Request request, Response answer) {
    if (!(model.execute(request, Optional.of(answer)) instanceof Step.Done done)
        || Matching.difference(request, done.response(), answer).isPresent()) {
      return PlainSteps.Result.WRONG;
    }
    return done.effective() ? PlainSteps.Result.EFFECTIVE : PlainSteps.Result.WITHOUT_EFFECT;
  }

  private static List<Object> state(EtcdModel model) {
    List<Object> state = new ArrayList<>();
    state.add(model.store().revision());
    state.add(model.store().range("\0", "\0"));
    for (long lease = 1; lease <= 2; lease++) {
      state.add(model.store().attached(lease));
    }
    return state;
  }

  /** The right answer in {@code store}, and now and then another one. */
  private static Response answer(Request request, Store store, RandomSource random) {
    EtcdModel copy = new EtcdModel(Store.empty(), LeaseRule.STRICT);
    while (copy.store().revision() < store.revision()) {
      copy.store().advance();
      for (KeyValue kv : store.range("\0", "\0")) {
        if (kv.modRevision() == copy.store().revision()) {
          copy.store().put(kv);
        }
      }
    }
    for (long lease = 1; lease <= 2; lease++) {
      if (store.leaseLives(lease)) {
        copy.store().lease(lease, true);
      }
    }
    Response right =
        copy.execute(request) instanceof Step.Done done
            ? done.response()
            : new Response.PutDone(Header.ofRevision(store.revision()), Optional.empty());
    return random.chance(0.12) ? wrong(right, random) : right;
  }

  private static Response wrong(Response right, RandomSource random) {
    Header header =
        random.chance(0.2)
            ? Header.ofRevision(right.header().revision() + 1 - 2L * random.nextInt(2))
            : right.header();
    return switch (right) {
      case Response.Ranged ranged ->
          new Response.Ranged(
              header,
              wrong(ranged.kvs(), random),
              ranged.count() + random.nextInt(2),
              ranged.more() ^ random.chance(0.3));
      case Response.PutDone put ->
          new Response.PutDone(
              header, random.chance(0.5) ? Optional.of(any(random)) : Optional.empty());
      case Response.Deleted deleted ->
          new Response.Deleted(
              header, deleted.deleted() + random.nextInt(2), wrong(deleted.previous(), random));
      case Response.TxnDone txn -> {
        List<Response.InTxn> responses = new ArrayList<>(txn.responses());
        for (int i = 0; i < responses.size(); i++) {
          if (random.chance(0.5) && wrong(responses.get(i), random) instanceof Response.InTxn in) {
            responses.set(i, in);
          }
        }
        if (random.chance(0.1) && !responses.isEmpty()) {
          responses.removeLast();
        }
        yield new Response.TxnDone(header, txn.succeeded() ^ random.chance(0.2), responses);
      }
      case Response other -> new Response.Unlocked(header);
    };
  }

  private static List<KeyValue> wrong(List<KeyValue> kvs, RandomSource random) {
    List<KeyValue> changed = new ArrayList<>(kvs);
    if (random.chance(0.3)) {
      changed.add(any(random));
    } else if (!changed.isEmpty() && random.chance(0.3)) {
      changed.removeLast();
    } else if (!changed.isEmpty()) {
      KeyValue kv = changed.getLast();
      long add = random.nextInt(2);
      changed.set(
          changed.size() - 1,
          new KeyValue(
              kv.key(),
              random.chance(0.3) ? "other" : kv.value(),
              random.chance(0.2) ? KeyValue.NOT_RECORDED : kv.createRevision(),
              random.chance(0.2) ? KeyValue.NOT_RECORDED : kv.modRevision() + add,
              random.chance(0.2) ? KeyValue.NOT_RECORDED : kv.version(),
              random.chance(0.2) ? 0 : kv.lease()));
    }
    return changed;
  }

  private static KeyValue any(RandomSource random) {
    return new KeyValue(random.pick(KEYS), "v", 2, 2, 1, 0);
  }

  private static Request request(RandomSource random) {
    return switch (random.nextInt(12)) {
      case 0 -> new Request.LeaseGrant(1 + random.nextInt(2), 60);
      case 1 -> random.chance(0.3) ? new Request.LeaseRevoke(1) : inTxn(random);
      case 2, 3, 4, 5 ->
          new Request.Txn(compares(random), branch(random, true), branch(random, true));
      default -> inTxn(random);
    };
  }

  private static List<Request.InTxn> branch(RandomSource random, boolean nested) {
    List<Request.InTxn> branch = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      branch.add(
          nested && random.chance(0.05)
              ? new Request.Txn(compares(random), branch(random, false), branch(random, false))
              : inTxn(random));
    }
    return branch;
  }

  private static Request.InTxn inTxn(RandomSource random) {
    String key = random.chance(0.01) ? "" : random.pick(KEYS);
    String end = random.chance(0.7) ? "" : random.pick(List.of("\0", "b", "c", "d"));
    return switch (random.nextInt(5)) {
      case 0 -> new Request.DeleteRange(key, end, random.chance(0.5));
      case 1, 2 ->
          new Request.Put(
              key,
              "v" + random.nextInt(3),
              random.chance(0.2) ? 1 + random.nextInt(2) : 0,
              random.chance(0.5),
              random.chance(0.03),
              random.chance(0.03));
      default ->
          new Request.Range(
              key,
              end,
              random.chance(0.3) ? random.nextInt(3) : 0,
              random.chance(0.3) ? 1 + random.nextInt(12) : 0,
              random.pick(List.of(Request.SortOrder.values())),
              random.chance(0.9)
                  ? Request.SortTarget.KEY
                  : random.pick(List.of(Request.SortTarget.values())),
              random.chance(0.1),
              random.chance(0.2),
              random.chance(0.2),
              random.chance(0.05) ? 3 : 0,
              0,
              0,
              random.chance(0.05) ? 3 : 0);
    };
  }

  private static List<Compare> compares(RandomSource random) {
    List<Compare> compares = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      compares.add(
          new Compare(
              random.pick(KEYS),
              random.chance(0.2) ? "\0" : "",
              random.pick(List.of(Compare.Relation.values())),
              switch (random.nextInt(5)) {
                case 0 -> new Compare.Value("v" + random.nextInt(3));
                case 1 -> new Compare.Version(random.nextInt(3));
                case 2 -> new Compare.CreateRevision(random.nextInt(10));
                case 3 -> new Compare.Lease(random.nextInt(3));
                default -> new Compare.ModRevision(random.nextInt(10));
              }));
    }
    return compares;
  }
}
