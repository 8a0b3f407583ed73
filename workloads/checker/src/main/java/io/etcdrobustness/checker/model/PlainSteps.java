package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;

/**
 * Executes the requests that most histories consist of and compares their answers as it goes,
 * without making the right answer first. It says and does what {@link EtcdModel} and {@link
 * Matching} do, only faster; what it does not know it leaves to them.
 *
 * <p>Known are puts that keep nothing, deletes, reads in the order of keys, and txns of these
 * without txns in them, where all keys are certain and the past that is asked for is known.
 */
public final class PlainSteps {

  /** What became of a request. */
  public enum Result {
    /** It is not known here, and nothing was done. */
    NOT_PLAIN,
    /** It cannot have been answered so; the store is as good as lost, unless it is taken back. */
    WRONG,
    /** It was answered rightly, and changed no key. */
    WITHOUT_EFFECT,
    /** It was answered rightly, and changed a key. */
    EFFECTIVE
  }

  private final EtcdModel model;
  private final Store store;
  private boolean wrote;

  /** Steps in the store of {@code model}. */
  public PlainSteps(EtcdModel model) {
    this.model = model;
    this.store = model.store();
  }

  /** Executes {@code request}, which was answered so. */
  public Result execute(Request request, Response answer) {
    if (!store.certain() || !(request instanceof Request.InTxn asked)) {
      return Result.NOT_PLAIN;
    }
    if (asked instanceof Request.Txn txn) {
      return execute(txn, answer);
    }
    if (!plain(asked)) {
      return Result.NOT_PLAIN;
    }
    wrote = false;
    return result(
        !Malformed.is(request) && !refused(asked) && answers(asked, answer) && tellsNow(answer));
  }

  private Result execute(Request.Txn txn, Response answer) {
    Compares.Answer compared = Compares.all(store, txn.compares());
    if (compared == Compares.Answer.UNDECIDED) {
      return Result.NOT_PLAIN;
    }
    boolean succeeds = compared == Compares.Answer.HOLDS;
    List<Request.InTxn> branch = succeeds ? txn.success() : txn.failure();
    boolean refused = false;
    for (int i = 0; i < branch.size(); i++) {
      if (!plain(branch.get(i))) {
        return Result.NOT_PLAIN;
      }
      refused |= refused(branch.get(i));
    }
    wrote = false;
    return result(
        !refused
            && !Malformed.is(txn)
            && answer instanceof Response.TxnDone done
            && done.succeeded() == succeeds
            && answer(branch, done.responses())
            && tellsNow(answer));
  }

  private Result result(boolean right) {
    if (!right) {
      return Result.WRONG;
    }
    return wrote ? Result.EFFECTIVE : Result.WITHOUT_EFFECT;
  }

  private boolean plain(Request.InTxn request) {
    return switch (request) {
      case Request.Range range ->
          (range.revision() == 0 || known(range.revision())) && inOrder(range);
      case Request.Put put -> !put.ignoreValue() && !put.ignoreLease();
      case Request.DeleteRange delete -> true;
      case Request.Txn txn -> false;
    };
  }

  /** Whether all keys are answered, or the first ones, in their order. */
  private static boolean inOrder(Request.Range range) {
    return range.sortTarget() == Request.SortTarget.KEY
        && range.sortOrder() != Request.SortOrder.DESCEND
        && range.minModRevision() == 0
        && range.maxModRevision() == 0
        && range.minCreateRevision() == 0
        && range.maxCreateRevision() == 0;
  }

  private boolean known(long revision) {
    return revision > 0
        && revision <= store.revision()
        && revision >= store.compacted()
        && revision >= store.oldest();
  }

  private boolean refused(Request.InTxn request) {
    return request instanceof Request.Put put && put.lease() != 0 && !model.usable(put.lease());
  }

  private boolean tellsNow(Response answer) {
    return answer.header().revision() == store.revision();
  }

  private boolean answer(List<Request.InTxn> branch, List<Response.InTxn> answers) {
    boolean right = branch.size() == answers.size();
    for (int i = 0; right && i < branch.size(); i++) {
      right = answers(branch.get(i), answers.get(i));
    }
    return right;
  }

  /** Executes {@code request}; whether it is answered by {@code answer}, headers aside. */
  private boolean answers(Request.InTxn request, Response answer) {
    return switch (request) {
      case Request.Range range -> answer instanceof Response.Ranged ranged && read(range, ranged);
      case Request.Put put -> answer instanceof Response.PutDone done && put(put, done);
      case Request.DeleteRange delete ->
          answer instanceof Response.Deleted deleted && delete(delete, deleted);
      case Request.Txn txn -> false;
    };
  }

  /** Compares a read of the store as it was at {@code revision}, which is known, headers aside. */
  public Result read(Request.Range range, Response.Ranged answer, long revision) {
    if (!store.certain() || !inOrder(range)) {
      return Result.NOT_PLAIN;
    }
    return reads(range, answer, revision) ? Result.WITHOUT_EFFECT : Result.WRONG;
  }

  private boolean read(Request.Range range, Response.Ranged answer) {
    return reads(range, answer, range.revision() > 0 ? range.revision() : store.revision());
  }

  private boolean reads(Request.Range range, Response.Ranged answer, long revision) {
    Reading reading = new Reading(range, answer.kvs());
    boolean past = revision < store.revision();
    if (range.rangeEnd().isEmpty()) {
      Optional<KeyValue> kv = past ? store.get(range.key(), revision) : store.get(range.key());
      if (kv.isPresent()) {
        reading.next(kv.get());
      }
    } else if (past) {
      store.range(range.key(), range.rangeEnd(), revision).forEach(reading::next);
    } else {
      store.each(range.key(), range.rangeEnd(), reading::next);
    }
    return reading.ends(answer);
  }

  private boolean put(Request.Put put, Response.PutDone answer) {
    Optional<KeyValue> before = store.get(put.key());
    begin();
    if (put.lease() != 0) {
      model.begin(put.lease());
    }
    store.put(
        new KeyValue(
            put.key(),
            put.value(),
            before.isPresent() ? before.get().createRevision() : store.revision(),
            store.revision(),
            before.isPresent() ? EtcdModel.nextVersion(before.get()) : 1,
            put.lease()));
    Optional<KeyValue> told = answer.previous();
    return put.prevKv() && before.isPresent()
        ? told.isPresent() && Matching.same(before.get(), told.get(), false)
        : told.isEmpty();
  }

  private boolean delete(Request.DeleteRange delete, Response.Deleted answer) {
    List<KeyValue> hit = store.range(delete.key(), delete.rangeEnd());
    List<KeyValue> told = answer.previous();
    boolean right =
        answer.deleted() == hit.size() && told.size() == (delete.prevKv() ? hit.size() : 0);
    for (int i = 0; i < hit.size(); i++) {
      begin();
      store.delete(hit.get(i).key());
      right = right && (!delete.prevKv() || Matching.same(hit.get(i), told.get(i), false));
    }
    return right;
  }

  /** The first write raises the revision, the others share it. */
  private void begin() {
    if (!wrote) {
      wrote = true;
      store.advance();
    }
  }

  /** The keys of a range, one after the other, beside those that were answered. */
  private static final class Reading {

    private final Request.Range range;
    private final List<KeyValue> told;
    private final long most;
    private int count;
    private boolean right = true;

    Reading(Request.Range range, List<KeyValue> told) {
      this.range = range;
      this.told = told;
      long limit = range.limit() > 0 ? range.limit() : Long.MAX_VALUE;
      this.most = range.countOnly() ? 0 : limit;
    }

    void next(KeyValue kv) {
      if (right && count < most) {
        right =
            count < told.size()
                && Matching.same(
                    range.keysOnly() ? Ranges.withoutValue(kv) : kv,
                    told.get(count),
                    range.keysOnly());
      }
      count++;
    }

    /** There is no other key; whether all of {@code answer} is right. */
    boolean ends(Response.Ranged answer) {
      boolean more = !range.countOnly() && count > most;
      return right
          && answer.count() == count
          && answer.more() == more
          && told.size() == Math.min(count, most);
    }
  }
}
