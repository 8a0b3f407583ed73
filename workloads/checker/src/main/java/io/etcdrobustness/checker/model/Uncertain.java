package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Requests over a store of which not everything is known: what an answer tells of an uncertain key
 * is believed if it is plausible, and is known from then on. So nothing that could be right is ever
 * refused; what is told twice differently is.
 */
final class Uncertain {

  private Uncertain() {}

  /** The answer that must come if {@code told} is right about all that is uncertain. */
  static Response.Ranged range(Store store, Request.Range range, Response.Ranged told) {
    if (Ranges.tellsAll(range)) {
      store.uncertain(range.key(), range.rangeEnd()).stream()
          .filter(key -> told.kvs().stream().noneMatch(kv -> kv.key().equals(key)))
          .forEach(store::learnAbsent);
    }
    int before = store.mark();
    told.kvs().forEach(kv -> learn(store, kv, range.keysOnly()));
    Response.Ranged expected = expected(store, range, told);
    if (range.keysOnly()) {
      // Neither value nor lease were told, so nothing is certain but that the answer is possible.
      store.undo(before);
    }
    return expected;
  }

  private static Response.Ranged expected(Store store, Request.Range range, Response.Ranged told) {
    List<KeyValue> known = store.range(range.key(), range.rangeEnd());
    Response.Ranged exact = Ranges.answer(range, known, store.revision(), Optional.of(told));
    boolean closed = range.rangeEnd().isEmpty() && store.certain(range.key());
    boolean all =
        (closed || told.count() == known.size()) && !Ranges.dependsOnUnknown(range, known);
    if (all || Ranges.tellsAll(range) || told.count() < known.size()) {
      return exact;
    }
    long count = closed ? known.size() : told.count();
    if (range.countOnly()) {
      return new Response.Ranged(exact.header(), List.of(), count, exact.more());
    }
    // There are keys of which nothing is known, so which of the known ones must be told is only
    // certain where they cannot have been pushed out of a page.
    TreeMap<String, KeyValue> must = new TreeMap<>();
    known.forEach(kv -> must.put(kv.key(), kv));
    Set<String> shown = new HashSet<>();
    List<KeyValue> kvs = new ArrayList<>();
    for (KeyValue kv : told.kvs()) {
      KeyValue sure = must.get(kv.key());
      if (sure != null && shown.add(kv.key()) && Ranges.mayPass(range, kv)) {
        kvs.add(sure);
      }
    }
    must.values().stream()
        .filter(kv -> !shown.contains(kv.key()) && Ranges.mustShow(range, kv, told))
        .forEach(kvs::add);
    return new Response.Ranged(
        exact.header(),
        range.keysOnly() ? kvs.stream().map(Ranges::withoutValue).toList() : kvs,
        count,
        told.more());
  }

  /** Takes over what {@code told} tells of its key, if it may be so. */
  private static void learn(Store store, KeyValue told, boolean keysOnly) {
    if (!store.certain(told.key())) {
      if (store.plausible(told, keysOnly)) {
        store.learn(told);
      }
      return;
    }
    store
        .get(told.key())
        .filter(known -> incomplete(known) && Matching.alike(known, told, keysOnly))
        .ifPresent(known ->
            store.learn(
                new KeyValue(
                    known.key(),
                    known.value(),
                    known(known.createRevision(), told.createRevision()),
                    known.modRevision(),
                    known(known.version(), told.version()),
                    keysOnly ? known.lease() : known(known.lease(), told.lease()))));
  }

  private static boolean incomplete(KeyValue kv) {
    return kv.createRevision() == KeyValue.NOT_RECORDED
        || kv.version() == KeyValue.NOT_RECORDED
        || kv.lease() == KeyValue.NOT_RECORDED;
  }

  private static long known(long one, long other) {
    return one == KeyValue.NOT_RECORDED ? other : one;
  }

  /** Takes from the answer to a put what the key was before. */
  static void previous(Store store, Request.Put put, Optional<Response.InTxn> told) {
    if (store.certain()
        || !put.prevKv()
        || told.isEmpty()
        || !(told.get() instanceof Response.PutDone done)) {
      return;
    }
    done.previous().ifPresent(kv -> learn(store, kv, false));
    if (done.previous().isEmpty() && !store.certain(put.key())) {
      store.learnAbsent(put.key());
    }
  }

  /** Deletes; where nothing was told, whatever may be in the range. */
  static Response.Deleted delete(
      Store store,
      Request.DeleteRange delete,
      Optional<Response.InTxn> told,
      Runnable beforeFirstWrite) {
    Optional<Response.Deleted> answer =
        told.filter(Response.Deleted.class::isInstance).map(Response.Deleted.class::cast);
    if (delete.prevKv() && answer.isPresent()) {
      answer.get().previous().forEach(kv -> learn(store, kv, false));
    }
    List<KeyValue> hit = store.range(delete.key(), delete.rangeEnd());
    Set<String> uncertain = store.uncertain(delete.key(), delete.rangeEnd());
    boolean open = !delete.rangeEnd().isEmpty() || !uncertain.isEmpty();
    long deleted =
        answer
            .map(Response.Deleted::deleted)
            .filter(told2 -> open && told2 >= hit.size())
            .orElse((long) hit.size());
    boolean effective = deleted > 0 || (answer.isEmpty() && open);
    if (effective) {
      beforeFirstWrite.run();
      hit.forEach(kv -> store.delete(kv.key()));
    }
    uncertain.forEach(effective ? store::delete : store::learnAbsent);
    return new Response.Deleted(
        Header.ofRevision(store.revision()), deleted, delete.prevKv() ? hit : List.of());
  }
}
