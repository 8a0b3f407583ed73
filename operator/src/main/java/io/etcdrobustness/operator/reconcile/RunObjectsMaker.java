package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Installation;
import io.etcdrobustness.operator.model.Names;
import io.etcdrobustness.operator.model.RunObjects;
import io.etcdrobustness.operator.model.RunSecrets;
import io.etcdrobustness.resource.RobustnessRun;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

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

  /**
   * Makes them; one call of the API server after the other would take long.
   *
   * @param anew whether none of them was made before, so that none need be looked for
   */
  void make(RobustnessRun run, boolean anew) {
    Names names = Names.of(run);
    List<Runnable> first = new ArrayList<>();
    first.add(() ->
        applier.createOnce(
            names.namespace(), names.tls(), () -> RunSecrets.tls(run, secretly.authority().get())));
    first.add(() -> applier.createOnce(names.namespace(), names.token(), () -> tokens(run, names)));
    RunObjects.first(run).forEach(object -> first.add(() -> applier.apply(object, anew)));
    together(first);
    together(
        RunObjects.second(run, installation).stream()
            .map(object -> (Runnable) () -> applier.apply(object, anew))
            .toList());
    applier.apply(RunObjects.runner(run, installation), anew);
  }

  private static void together(List<Runnable> tasks) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> running =
          tasks.stream().map(task -> CompletableFuture.runAsync(task, threads)).toList();
      running.forEach(CompletableFuture::join);
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof KubernetesClientException refused ? refused : failed;
    }
  }

  private Secret tokens(RobustnessRun run, Names names) {
    String upload =
        secretly.upload().of(names.namespace(), names.run(), run.getMetadata().getUid());
    return RunSecrets.token(run, secretly.token().get(), upload);
  }
}
