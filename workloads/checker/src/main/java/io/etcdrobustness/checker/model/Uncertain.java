package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Requests over a store of which not everything is known: what an answer tells of an uncertain key
 * is believed if it is plausible, and is known from then on. So nothing that could be right is ever
 * refused; what is told twice differently is.
 */
final class Uncertain {

  private Uncertain() {}

  /** The answer that must come if {@code told} is right about all that is uncertain. */
  static Response.Ranged range(Store store, Request.Range range, Response.Ranged told) {
    Set<String> guessed = new HashSet<>();
    for (KeyValue kv : told.kvs()) {
      if (!store.certain(kv.key()) && store.plausible(kv)) {
        store.learn(kv);
        guessed.add(kv.key());
      }
    }
    if (Ranges.tellsAll(range)) {
      store.uncertain(range.key(), range.rangeEnd()).stream()
          .filter(key -> told.kvs().stream().noneMatch(kv -> kv.key().equals(key)))
          .forEach(store::learnAbsent);
    }
    Response.Ranged expected =
        Ranges.answer(range, store.range(range.key(), range.rangeEnd()), store.revision());
    if (range.keysOnly()) {
      guessed.forEach(store::doubt);
    }
    boolean open = !range.rangeEnd().isEmpty() || !store.certain(range.key());
    return open && told.count() >= expected.count()
        ? new Response.Ranged(expected.header(), expected.kvs(), told.count(), told.more())
        : expected;
  }

  /** Takes from the answer to a put what the key was before. */
  static void previous(Store store, Request.Put put, Optional<Response.InTxn> told) {
    if (store.certain(put.key())
        || !put.prevKv()
        || told.isEmpty()
        || !(told.get() instanceof Response.PutDone done)) {
      return;
    }
    if (done.previous().isEmpty()) {
      store.learnAbsent(put.key());
    } else if (store.plausible(done.previous().get())) {
      store.learn(done.previous().get());
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
      for (KeyValue kv : answer.get().previous()) {
        if (!store.certain(kv.key()) && store.plausible(kv)) {
          store.learn(kv);
        }
      }
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
