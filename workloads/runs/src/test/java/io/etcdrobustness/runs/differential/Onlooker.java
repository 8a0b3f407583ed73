package io.etcdrobustness.runs.differential;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Matching;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.Optional;

/**
 * A model that came late and sees only some of the requests, as a judge does of a cluster that has
 * other clients: it must believe every answer that a real etcd gives.
 */
final class Onlooker {

  private final Store store;
  private final EtcdModel model;

  /** An onlooker that comes at {@code revision}. */
  Onlooker(long revision) {
    store = Store.unknown(revision);
    model = new EtcdModel(store, lease -> LeaseRule.Existence.FREE);
  }

  /**
   * Takes note of a request and its answer.
   *
   * @param before the revision at which the request met the store
   * @return why it does not believe the answer; nothing if it does
   */
  Optional<String> see(Request request, Response answer, long before) {
    if (before > store.revision()) {
      store.foreign(before);
    }
    return switch (model.execute(request, Optional.of(answer))) {
      case Step.Refused refused -> Optional.of("it must be refused: " + refused.reason());
      case Step.Done done ->
          Matching.difference(request, done.response(), answer)
              .or(() ->
                  done.effective() == answer.header().revision() > before
                      ? Optional.empty()
                      : Optional.of("effective: " + done.effective()));
    };
  }
}
