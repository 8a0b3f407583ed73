package io.etcdrobustness.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One execution of a test: one cluster, one seed, one plan, one report, one verdict. */
@Group(RobustnessTest.GROUP)
@Version(RobustnessTest.VERSION)
@ShortNames("rr")
@Categories("robustness")
@ValidationRule(
    value = "has(self.spec)",
    message = "spec is missing; runs are made by the operator, from a RobustnessTest")
@AdditionalPrinterColumn(name = "Etcd", jsonPath = ".spec.test.cluster.version")
@AdditionalPrinterColumn(
    name = "Windows",
    jsonPath = ".status.windows.checked",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Lag",
    jsonPath = ".status.windows.lagSeconds",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "LeaderChanges",
    jsonPath = ".status.etcd.leaderChanges",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class RobustnessRun extends CustomResource<RunSpec, RunStatus> implements Namespaced {
  private static final long serialVersionUID = 1;
}
