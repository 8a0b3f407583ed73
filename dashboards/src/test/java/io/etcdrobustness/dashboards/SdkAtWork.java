package io.etcdrobustness.dashboards;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.monitoring.Metrics.ControllerExecution;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.Map;

/**
 * Tells the SDK's own metrics what the SDK tells them while it works, so that what is shown has the
 * names that the SDK gives. It has two controllers of the operator's names, and reaches nobody.
 */
final class SdkAtWork {

  private final Metrics metrics;

  SdkAtWork(Metrics metrics) {
    this.metrics = metrics;
    Operator operator =
        new Operator(configuration ->
            configuration
                .withKubernetesClient(
                    new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build())
                        .build())
                .checkingCRDAndValidateLocalModel(false)
                .withMetrics(metrics));
    operator.register(new Runs());
    operator.register(new Tests());
  }

  @ControllerConfiguration(name = "runs")
  private static final class Runs implements Reconciler<RobustnessRun> {
    @Override
    public UpdateControl<RobustnessRun> reconcile(
        RobustnessRun run, Context<RobustnessRun> context) {
      return UpdateControl.noUpdate();
    }
  }

  @ControllerConfiguration(name = "tests")
  private static final class Tests implements Reconciler<RobustnessTest> {
    @Override
    public UpdateControl<RobustnessTest> reconcile(
        RobustnessTest test, Context<RobustnessTest> context) {
      return UpdateControl.noUpdate();
    }
  }

  /** A few reconciliations, of which one in a while fails. */
  void tick(int tick) {
    for (int i = 0; i < 1 + tick % 5; i++) {
      reconcile("runs", new RobustnessRun(), "run-" + i, tick % 17 == 16 && i == 0);
    }
    reconcile("tests", new RobustnessTest(), "test", false);
  }

  private void reconcile(String controller, HasMetadata object, String name, boolean fails) {
    object.getMetadata().setNamespace("etcd-tests");
    object.getMetadata().setName(name);
    ResourceID id = ResourceID.fromResource(object);
    Map<String, Object> of =
        Map.of(
            Constants.CONTROLLER_NAME,
            controller,
            Constants.RESOURCE_GVK_KEY,
            GroupVersionKind.gvkFor(object.getClass()));
    metrics.receivedEvent(new ResourceEvent(ResourceAction.UPDATED, id, object), of);
    metrics.reconcileCustomResource(object, null, of);
    metrics.reconciliationExecutionStarted(object, of);
    try {
      metrics.timeControllerExecution(new Execution(controller, id, of, fails));
      metrics.finishedReconciliation(object, of);
    } catch (Exception expected) {
      metrics.failedReconciliation(object, expected, of);
    }
    metrics.reconciliationExecutionFinished(object, of);
  }

  private record Execution(
      String controllerName, ResourceID resourceID, Map<String, Object> metadata, boolean fails)
      implements ControllerExecution<String> {

    @Override
    public String name() {
      return "reconcile";
    }

    @Override
    public String successTypeName(String result) {
      return result;
    }

    @Override
    public String execute() {
      if (fails) {
        throw new IllegalStateException("the API server refused it");
      }
      return "noUpdate";
    }
  }
}
