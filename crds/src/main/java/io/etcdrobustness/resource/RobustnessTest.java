package io.etcdrobustness.resource;

import io.etcdrobustness.spec.TestSpec;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** What someone wants to know about an etcd. Lives long; the operator makes runs of it. */
@Group(RobustnessTest.GROUP)
@Version(RobustnessTest.VERSION)
@ShortNames("rt")
@Categories("robustness")
@ValidationRule(
    value = "self.metadata.name.size() <= 40",
    message =
        "metadata.name has more than 40 characters; write a shorter one, the names of runs and"
            + " members are made of it")
@ValidationRule(
    value = "!self.metadata.name.contains('.')",
    message = "metadata.name has a dot; write a hyphen, host names of members are made of it")
@ValidationRule(
    value = "has(self.spec)",
    message = "spec is missing; write spec: {} to take every default")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class RobustnessTest extends CustomResource<TestSpec, TestStatus> implements Namespaced {

  /** The group of all our kinds. */
  public static final String GROUP = "etcdrobustness.io";

  /** Their version. */
  public static final String VERSION = "v1alpha1";

  private static final long serialVersionUID = 1;
}
