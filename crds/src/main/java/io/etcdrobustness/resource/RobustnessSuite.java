package io.etcdrobustness.resource;

import io.etcdrobustness.spec.SuiteSpec;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A test for each combination of a matrix, and one verdict. */
@Group(RobustnessTest.GROUP)
@Version(RobustnessTest.VERSION)
@ShortNames("rsuite")
@Categories("robustness")
@ValidationRule(
    value = "self.metadata.name.size() <= 40",
    message =
        "metadata.name has more than 40 characters; write a shorter one, the names of tests and"
            + " members are made of it")
@ValidationRule(
    value = "!self.metadata.name.contains('.')",
    message = "metadata.name has a dot; write a hyphen, host names of members are made of it")
@ValidationRule(
    value = "has(self.spec)",
    message = "spec is missing; write spec: {template: {}, matrix: {versions: [v3.6.16, v3.7.3]}}")
@AdditionalPrinterColumn(
    name = "Passed",
    jsonPath = ".status.counts.passed",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Failed",
    jsonPath = ".status.counts.failed",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "UnderWay",
    jsonPath = ".status.counts.underWay",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Waiting",
    jsonPath = ".status.counts.waiting",
    type = AdditionalPrinterColumn.Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public class RobustnessSuite extends CustomResource<SuiteSpec, SuiteStatus> implements Namespaced {
  private static final long serialVersionUID = 1;
}
