package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Installation;
import io.etcdrobustness.operator.model.Names;
import io.etcdrobustness.operator.model.RunObjects;
import io.etcdrobustness.operator.model.RunSecrets;
import io.etcdrobustness.operator.model.UploadToken;
import io.etcdrobustness.resource.RobustnessRun;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Makes all objects of a run, the runner's Job last; can be done again after half of it. */
final class RunObjectsMaker {

  private final Applier applier;
  private final Installation installation;
  private final Secrecy secretly;

  RunObjectsMaker(KubernetesClient client, Installation installation, Secrecy secretly) {
    this.applier = new Applier(client);
    this.installation = installation;
    this.secretly = secretly;
  }

  void make(RobustnessRun run) {
    Names names = Names.of(run);
    applier.createOnce(
        names.namespace(), names.tls(), () -> RunSecrets.tls(run, secretly.authority().get()));
    applier.createOnce(names.namespace(), names.token(), () -> tokens(run, names));
    RunObjects.surroundings(run, installation).forEach(applier::apply);
    applier.apply(RunObjects.runner(run, installation));
  }

  private io.fabric8.kubernetes.api.model.Secret tokens(RobustnessRun run, Names names) {
    String upload =
        UploadToken.of(
            secretly.master(), names.namespace(), names.run(), run.getMetadata().getUid());
    return RunSecrets.token(run, secretly.token().get(), upload);
  }
}
