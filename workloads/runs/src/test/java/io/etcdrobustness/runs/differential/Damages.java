package io.etcdrobustness.runs.differential;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.SortTarget;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Every way in which one field of an answer can be wrong. */
final class Damages {

  /** Far from every number that requests have, so that it is wrong wherever it stands. */
  private static final long FAR = 1_000_000_007;

  /** A key that no request has. */
  private static final KeyValue INVENTED = new KeyValue("nobody", "v", 2, 2, 1, 0);

  private static final List<Wrong> WRONG =
      List.of(
          new Wrong("key", kv -> kv(kv, kv.key() + "x", kv.value(), 0, 0, 0, kv.lease())),
          new Wrong("value", kv -> kv(kv, kv.key(), kv.value() + "x", 0, 0, 0, kv.lease())),
          new Wrong("create revision", kv -> kv(kv, kv.key(), kv.value(), 1, 0, 0, kv.lease())),
          new Wrong("mod revision", kv -> kv(kv, kv.key(), kv.value(), 0, 1, 0, kv.lease())),
          new Wrong("version", kv -> kv(kv, kv.key(), kv.value(), 0, 0, 1, kv.lease())),
          new Wrong("lease", kv -> kv(kv, kv.key(), kv.value(), 0, 0, 0, kv.lease() ^ FAR)));

  private Damages() {}

  /** One field of a key. */
  private record Wrong(String field, UnaryOperator<KeyValue> change) {}

  /**
   * One wrong answer.
   *
   * @param field what is wrong, without its place in lists
   */
  record Damage(String field, Response answer) {}

  /** All damages to {@code answer}, which is right for {@code request}. */
  static List<Damage> of(Request request, Response answer) {
    List<Damage> damages = new ArrayList<>();
    Header header = answer.header();
    damages.add(new Damage("header: revision", with(answer, moved(header, 0, 0, 1, 0))));
    damages.add(new Damage("header: revision", with(answer, moved(header, 0, 0, -1, 0))));
    damages.add(new Damage("header: cluster id", with(answer, moved(header, 1, 0, 0, 0))));
    damages.add(new Damage("header: member id", with(answer, moved(header, 0, 1, 0, 0))));
    damages.add(new Damage("header: raft term", with(answer, moved(header, 0, 0, 0, 1))));
    damages.add(new Damage("kind", new Response.Defragmented(header)));
    content(request, answer, damages);
    return damages;
  }

  private static void content(Request request, Response answer, List<Damage> damages) {
    switch (answer) {
      case Response.Ranged ranged when request instanceof Request.Range range ->
          ranged(range, ranged, damages);
      case Response.PutDone put ->
          kvs(
              "put: previous: ",
              put.previous().stream().toList(),
              false,
              kvs -> new Response.PutDone(put.header(), kvs.stream().findFirst()),
              damages);
      case Response.Deleted deleted -> {
        damages.add(
            new Damage(
                "delete: deleted",
                new Response.Deleted(deleted.header(), deleted.deleted() + 1, deleted.previous())));
        kvs(
            "delete: previous: ",
            deleted.previous(),
            true,
            kvs -> new Response.Deleted(deleted.header(), deleted.deleted(), kvs),
            damages);
      }
      case Response.TxnDone txn when request instanceof Request.Txn asked ->
          txn(asked, txn, damages);
      case Response.LeaseGranted granted -> {
        damages.add(
            new Damage(
                request instanceof Request.LeaseGrant(long id, long _) && id == 0
                    ? "lease grant: id that etcd chooses"
                    : "lease grant: id",
                new Response.LeaseGranted(granted.header(), granted.id() ^ FAR, granted.ttl())));
        damages.add(
            new Damage(
                "lease grant: ttl",
                new Response.LeaseGranted(granted.header(), granted.id(), granted.ttl() - 1)));
      }
      case Response.LeaseRevoked _, Response.Compacted _, Response.Unlocked _ -> {}
      case Response other ->
          throw new IllegalArgumentException("not an answer to " + request + ": " + other);
    }
  }

  private static void ranged(Request.Range range, Response.Ranged answer, List<Damage> damages) {
    damages.add(
        new Damage(
            "range: count",
            new Response.Ranged(answer.header(), answer.kvs(), answer.count() + 1, answer.more())));
    damages.add(
        new Damage(
            "range: more",
            new Response.Ranged(answer.header(), answer.kvs(), answer.count(), !answer.more())));
    boolean sorted = range.sortTarget() != SortTarget.KEY;
    kvs(
        sorted && answer.more() ? "page of a sorted range: " : "range: ",
        answer.kvs(),
        !sorted,
        kvs -> with(answer, kvs),
        damages);
    if (sorted) {
      outOfOrder(range, answer, damages);
    }
    for (int i = 0; range.keysOnly() && i < answer.kvs().size(); i++) {
      KeyValue kv = answer.kvs().get(i);
      if (kv.lease() != 0) {
        damages.add(
            new Damage(
                "keys-only range: lease left out",
                with(answer, set(answer.kvs(), i, kv(kv, kv.key(), kv.value(), 0, 0, 0, 0)))));
      }
    }
  }

  /** Two neighbours that do not tie, the wrong way round. */
  private static void outOfOrder(
      Request.Range range, Response.Ranged answer, List<Damage> damages) {
    boolean hidden = range.keysOnly() && range.sortTarget() == SortTarget.VALUE;
    Function<KeyValue, Object> by =
        switch (range.sortTarget()) {
          case KEY -> KeyValue::key;
          case VERSION -> KeyValue::version;
          case CREATE -> KeyValue::createRevision;
          case MOD -> KeyValue::modRevision;
          // Of keys without values it cannot be seen whether they tie.
          case VALUE -> hidden ? KeyValue::key : KeyValue::value;
        };
    for (int i = 0; i + 1 < answer.kvs().size(); i++) {
      KeyValue one = answer.kvs().get(i);
      KeyValue next = answer.kvs().get(i + 1);
      if (!by.apply(one).equals(by.apply(next))) {
        damages.add(
            new Damage(
                hidden ? "keys-only range by value: order" : "sorted range: order",
                with(answer, set(set(answer.kvs(), i, next), i + 1, one))));
      }
    }
  }

  private static void txn(Request.Txn request, Response.TxnDone txn, List<Damage> damages) {
    damages.add(
        new Damage(
            "txn: succeeded",
            new Response.TxnDone(txn.header(), !txn.succeeded(), txn.responses())));
    damages.add(
        new Damage(
            "txn: an answer more",
            with(
                txn, plus(txn.responses(), new Response.PutDone(txn.header(), Optional.empty())))));
    List<Request.InTxn> branch = txn.succeeded() ? request.success() : request.failure();
    for (int i = 0; i < branch.size(); i++) {
      Response.InTxn answer = txn.responses().get(i);
      damages.add(new Damage("txn: an answer less", with(txn, without(txn.responses(), i))));
      List<Damage> inner = new ArrayList<>();
      inner.add(new Damage("header in a txn", with(answer, moved(answer.header(), 0, 0, 1, 0))));
      content(branch.get(i), answer, inner);
      for (Damage damage : inner) {
        if (damage.answer() instanceof Response.InTxn damaged) {
          damages.add(new Damage(damage.field(), with(txn, set(txn.responses(), i, damaged))));
        }
      }
    }
  }

  /** Keys missing, invented, told twice, with a wrong field, in the wrong order. */
  private static void kvs(
      String name,
      List<KeyValue> kvs,
      boolean ordered,
      Function<List<KeyValue>, Response> answer,
      List<Damage> damages) {
    if (kvs.isEmpty()) {
      damages.add(new Damage(name + "a key more", answer.apply(List.of(INVENTED))));
    }
    for (int i = 0; i < kvs.size(); i++) {
      damages.add(new Damage(name + "a key less", answer.apply(without(kvs, i))));
      if (ordered && i > 0) {
        KeyValue before = kvs.get(i - 1);
        damages.add(
            new Damage(name + "order", answer.apply(set(set(kvs, i - 1, kvs.get(i)), i, before))));
        damages.add(new Damage(name + "a key twice", answer.apply(set(kvs, i, before))));
      }
      for (Wrong wrong : WRONG) {
        damages.add(
            new Damage(
                name + wrong.field(), answer.apply(set(kvs, i, wrong.change().apply(kvs.get(i))))));
      }
    }
  }

  private static <T> List<T> set(List<T> list, int index, T item) {
    List<T> changed = new ArrayList<>(list);
    changed.set(index, item);
    return changed;
  }

  private static <T> List<T> plus(List<T> list, T item) {
    List<T> more = new ArrayList<>(list);
    more.add(item);
    return more;
  }

  private static <T> List<T> without(List<T> list, int index) {
    List<T> less = new ArrayList<>(list);
    less.remove(index);
    return less;
  }

  private static Header moved(Header header, long cluster, long member, long revision, long term) {
    return new Header(
        header.clusterId() + cluster,
        header.memberId() + member,
        header.revision() + revision,
        header.raftTerm() + term);
  }

  private static KeyValue kv(
      KeyValue kv, String key, String value, long create, long mod, long version, long lease) {
    return new KeyValue(
        key,
        value,
        kv.createRevision() + create,
        kv.modRevision() + mod,
        kv.version() + version,
        lease);
  }

  private static Response.Ranged with(Response.Ranged answer, List<KeyValue> kvs) {
    return new Response.Ranged(answer.header(), kvs, answer.count(), answer.more());
  }

  private static Response.TxnDone with(Response.TxnDone txn, List<Response.InTxn> responses) {
    return new Response.TxnDone(txn.header(), txn.succeeded(), responses);
  }

  private static Response with(Response response, Header header) {
    return switch (response) {
      case Response.Ranged r -> new Response.Ranged(header, r.kvs(), r.count(), r.more());
      case Response.PutDone r -> new Response.PutDone(header, r.previous());
      case Response.Deleted r -> new Response.Deleted(header, r.deleted(), r.previous());
      case Response.TxnDone r -> new Response.TxnDone(header, r.succeeded(), r.responses());
      case Response.LeaseGranted r -> new Response.LeaseGranted(header, r.id(), r.ttl());
      case Response.LeaseRevoked _ -> new Response.LeaseRevoked(header);
      case Response.Compacted _ -> new Response.Compacted(header);
      case Response.Unlocked _ -> new Response.Unlocked(header);
      case Response other -> throw new IllegalArgumentException("not of the model: " + other);
    };
  }
}
