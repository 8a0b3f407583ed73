package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.model.Names;
import io.etcdrobustness.resource.RobustnessRun;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done for a run before it may be gone, in this order:
 *
 * <ol>
 *   <li>its runner ends, and heals its faults as it does; agents heal theirs when they lose it;
 *   <li>nodes that it kept pods away from take pods again.
 * </ol>
 *
 * <p>The rest is removed by Kubernetes, because the run owns it. None of it may keep a run from
 * going: what is absent or forbidden is passed over, and after a while everything is.
 */
final class Farewell {

  private static final Logger LOG = LoggerFactory.getLogger(Farewell.class);

  private final KubernetesClient client;
  private final Cordons cordons;
  private final Duration patience;

  /**
   * A farewell.
   *
   * @param patience after which a run goes, whatever is left to do
   */
  Farewell(KubernetesClient client, Cordons cordons, Duration patience) {
    this.client = client;
    this.cordons = cordons;
    this.patience = patience;
  }

  /**
   * Does what can be done now.
   *
   * @return whether the run may go
   */
  boolean say(RobustnessRun run, Instant now) {
    boolean late = !now.isBefore(deleted(run, now).plus(patience));
    boolean ended = attempt(run, "end its runner", () -> endRunner(run));
    boolean released = ended && attempt(run, "give nodes back", () -> release(run));
    if (late && !released) {
      LOG.warn(
          "run {}/{} goes after {} s, though its runner may not have ended; faults heal by themselves",
          run.getMetadata().getNamespace(),
          run.getMetadata().getName(),
          patience.toSeconds());
    }
    return late || released;
  }

  private interface Step {
    boolean done();
  }

  private boolean attempt(RobustnessRun run, String what, Step step) {
    try {
      return step.done();
    } catch (KubernetesClientException refused) {
      boolean hopeless = refused.getCode() == 403 || refused.getCode() == 404;
      if (!hopeless) {
        LOG.info(
            "run {}/{} is deleted; could not {}, will try again: {}",
            run.getMetadata().getNamespace(),
            run.getMetadata().getName(),
            what,
            refused.getMessage());
      }
      return hopeless;
    }
  }

  /** Upon what the API server knows: a pod that our cache lacks must be told to end as well. */
  private boolean endRunner(RobustnessRun run) {
    Names names = Names.of(run);
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(names.namespace())
        .withName(names.job())
        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
        .delete();
    List<Pod> pods =
        client
            .pods()
            .inNamespace(names.namespace())
            .withLabel(Labels.RUN, names.run())
            .withLabel(Labels.COMPONENT, "runner")
            .list()
            .getItems();
    boolean running = false;
    for (Pod pod : pods) {
      if (!RunnerSigns.hasEnded(pod)) {
        running = true;
        if (pod.getMetadata().getDeletionTimestamp() == null) {
          client.resource(pod).delete();
        }
      }
    }
    return !running;
  }

  private boolean release(RobustnessRun run) {
    cordons.release(run);
    return true;
  }

  private static Instant deleted(RobustnessRun run, Instant now) {
    String text = run.getMetadata().getDeletionTimestamp();
    return text == null ? now : Instant.parse(text);
  }
}
