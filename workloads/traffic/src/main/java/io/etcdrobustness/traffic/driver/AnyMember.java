package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One client that sends each request to a member drawn at random. */
record AnyMember(RandomSource random, List<RequestSink> members) implements RequestSink {

  AnyMember {
    members = List.copyOf(members);
  }

  @Override
  public CompletionStage<Operation> send(Request request) {
    return random.pick(members).send(request);
  }
}
