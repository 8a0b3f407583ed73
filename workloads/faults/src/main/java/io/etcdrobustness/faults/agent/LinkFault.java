package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.proxy.ProxiedLink;
import java.util.concurrent.CompletionStage;

/** An effect on one link; the link lets it compose with the others. */
record LinkFault(String id, ProxiedLink link, Half half, Effect effect) implements OngoingFault {

  @Override
  public CompletionStage<Void> begin() {
    return link.begin(id, half, effect);
  }

  @Override
  public CompletionStage<Proof> end() {
    return link.end(id).thenApply(measured -> LinkProof.judge(effect, measured));
  }
}
