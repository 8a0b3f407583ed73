package io.etcdrobustness.traffic;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Request;
import java.util.List;

/**
 * The form in which a request stands in a history: long values as tokens, see {@link
 * ByteStrings#value}. What is sent holds them whole.
 */
final class RecordedForm {

  private RecordedForm() {}

  /** The form of {@code request}: itself, if it holds no long value. */
  static Request of(Request request) {
    return switch (request) {
      case Request.InTxn inTxn -> inTxn(inTxn);
      case Request.Compact same -> same;
      case Request.LeaseGrant same -> same;
      case Request.LeaseRevoke same -> same;
      case Request.LeaseKeepAlive same -> same;
      case Request.LeaseTimeToLive same -> same;
      case Request.Lock same -> same;
      case Request.Unlock same -> same;
      case Request.Status same -> same;
      case Request.HashKv same -> same;
      case Request.Defragment same -> same;
      case Request.AlarmList same -> same;
    };
  }

  private static Request.InTxn inTxn(Request.InTxn request) {
    return switch (request) {
      case Request.Range range -> range;
      case Request.DeleteRange delete -> delete;
      case Request.Put put ->
          isShort(put.value())
              ? put
              : new Request.Put(
                  put.key(),
                  value(put.value()),
                  put.lease(),
                  put.prevKv(),
                  put.ignoreValue(),
                  put.ignoreLease());
      case Request.Txn txn ->
          holdsLongValue(txn)
              ? new Request.Txn(
                  txn.compares().stream().map(RecordedForm::compare).toList(),
                  txn.success().stream().map(RecordedForm::inTxn).toList(),
                  txn.failure().stream().map(RecordedForm::inTxn).toList())
              : txn;
    };
  }

  private static boolean holdsLongValue(Request.Txn txn) {
    for (Compare compare : txn.compares()) {
      if (compare.operand() instanceof Compare.Value(String value) && !isShort(value)) {
        return true;
      }
    }
    return holdsLongValue(txn.success()) || holdsLongValue(txn.failure());
  }

  private static boolean holdsLongValue(List<Request.InTxn> branch) {
    for (Request.InTxn request : branch) {
      boolean found =
          switch (request) {
            case Request.Range range -> false;
            case Request.DeleteRange delete -> false;
            case Request.Put put -> !isShort(put.value());
            case Request.Txn txn -> holdsLongValue(txn);
          };
      if (found) {
        return true;
      }
    }
    return false;
  }

  private static Compare compare(Compare compare) {
    return compare.operand() instanceof Compare.Value(String value)
        ? new Compare(
            compare.key(), compare.rangeEnd(), compare.relation(), new Compare.Value(value(value)))
        : compare;
  }

  private static boolean isShort(String value) {
    return value.length() <= ByteStrings.WHOLE;
  }

  private static String value(String value) {
    return isShort(value) ? value : ByteStrings.value(ByteStrings.bytes(value));
  }
}
