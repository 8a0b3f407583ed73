package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what a client needs out of an answer. */
final class Answers {

  private Answers() {}

  /** The answer, if etcd gave one, and it is of this type. */
  static <T extends Response> Optional<T> answer(Operation operation, Class<T> type) {
    return operation.outcome() instanceof Outcome.Ok(Response response) && type.isInstance(response)
        ? Optional.of(type.cast(response))
        : Optional.empty();
  }

  /** Whether the client cannot know if its request took effect. */
  static boolean unknown(Operation operation) {
    return operation.outcome() instanceof Outcome.Unknown;
  }

  /** The keys that an answer to a range, or the ranges of an answer to a txn, hold. */
  static List<KeyValue> keyValues(Response response) {
    return found(response).toList();
  }

  private static Stream<KeyValue> found(Response response) {
    return switch (response) {
      case Response.Ranged ranged -> ranged.kvs().stream();
      case Response.TxnDone done -> done.responses().stream().flatMap(Answers::found);
      case Response _ -> Stream.empty();
    };
  }
}
