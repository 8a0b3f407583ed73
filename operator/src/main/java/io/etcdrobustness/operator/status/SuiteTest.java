package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.model.AppliedHash;
import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.spec.Combination;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One combination of a suite: the test that it should have, and the one that it has. */
public final class SuiteTest {

  private final Combination combination;
  private final RobustnessTest wanted;
  private final Optional<RobustnessTest> there;
  private final Optional<RobustnessTest> present;
  private final Optional<Verdict> remembered;
  private final boolean makesNoRun;
  private final boolean goesOn;
  private final Optional<Verdict> verdict;

  /**
   * One combination; how it stands is found out once, as digests take time.
   *
   * @param wanted the test as the suite makes it
   * @param there the test of this name, if it is the suite's
   * @param remembered the verdict that stands in the suite's status, of the same round: a test that
   *     is deleted leaves it
   */
  SuiteTest(
      Combination combination,
      RobustnessTest wanted,
      Optional<RobustnessTest> there,
      Optional<Verdict> remembered) {
    this.combination = combination;
    this.wanted = wanted;
    this.there = there;
    this.remembered = remembered;
    this.present = there.filter(test -> test.getMetadata().getDeletionTimestamp() == null);
    this.makesNoRun = present.filter(this::makesNoRun).isPresent();
    this.goesOn = present.filter(SuiteTest::goesOn).isPresent();
    this.verdict =
        present.isEmpty()
            ? remembered
            : present
                .filter(_ -> makesNoRun && !goesOn)
                .filter(SuiteTest::isOver)
                .flatMap(SuiteTest::status)
                .map(TestStatus::verdict);
  }

  /** The combination. */
  public Combination combination() {
    return combination;
  }

  /** The test as the suite makes it. */
  public RobustnessTest wanted() {
    return wanted;
  }

  /** The test that is there. */
  public Optional<RobustnessTest> there() {
    return there;
  }

  /** The verdict that stands in the suite's status. */
  public Optional<Verdict> remembered() {
    return remembered;
  }

  /** The test's name. */
  public String name() {
    return wanted.getMetadata().getName();
  }

  /** The verdict, if the test as it is wanted is over. */
  public Optional<Verdict> verdict() {
    return verdict;
  }

  /** Whether a run of it goes on, or is about to, be it of what was wanted before. */
  public boolean isUnderWay() {
    return goesOn;
  }

  /** Whether a run of this test goes on, or is about to. */
  static boolean goesOn(RobustnessTest test) {
    return !isOver(test) && !isHeldBack(test);
  }

  /** Whether it takes a run to have a verdict, which nobody has asked for. */
  public boolean waits() {
    return verdict.isEmpty() && (there.isEmpty() || (present.isPresent() && !makesNoRun));
  }

  /** Whether it is to be changed, though that makes no new run. */
  public boolean isToBeRefreshed() {
    return makesNoRun && present.filter(test -> !isCurrent(test)).isPresent();
  }

  /** Whether anybody has halted it. */
  public boolean isHalted() {
    return present.filter(SuiteTest::isHalted).isPresent();
  }

  /** Whether its suite has halted it. */
  public boolean isHaltedBySuite() {
    return present.filter(test -> annotation(test, Labels.HALTED_BY).isPresent()).isPresent();
  }

  /** The test that is there as it should be: what is not the suite's stays. */
  public RobustnessTest renewed() {
    return present.map(this::renewed).orElse(wanted);
  }

  private RobustnessTest renewed(RobustnessTest test) {
    Map<String, String> annotations = new LinkedHashMap<>(annotations(test));
    if (annotations.remove(Labels.HALTED_BY) != null) {
      annotations.remove(Labels.HALT);
    }
    annotations.putAll(wanted.getMetadata().getAnnotations());
    Map<String, String> labels = new LinkedHashMap<>();
    if (test.getMetadata().getLabels() != null) {
      labels.putAll(test.getMetadata().getLabels());
    }
    labels.putAll(wanted.getMetadata().getLabels());
    ObjectMeta meta =
        new ObjectMetaBuilder(test.getMetadata())
            .withLabels(labels)
            .withAnnotations(annotations)
            .build();
    RobustnessTest renewed = new RobustnessTest();
    renewed.setMetadata(meta);
    renewed.setSpec(wanted.getSpec());
    return renewed;
  }

  private boolean isCurrent(RobustnessTest test) {
    return AppliedHash.isApplied(test, wanted) && test.getSpec().equals(wanted.getSpec());
  }

  private boolean makesNoRun(RobustnessTest test) {
    return isCurrent(test) || SpecDigest.of(test).equals(SpecDigest.of(renewed(test)));
  }

  /** Whether its status is about what it is now, and says that it is over. */
  private static boolean isOver(RobustnessTest test) {
    return status(test)
        .filter(status ->
            Objects.equals(status.observedGeneration(), test.getMetadata().getGeneration())
                && SpecDigest.of(test).equals(status.specDigest())
                && status.verdict() != null
                && Conditions.find(status.conditions(), ConditionType.Complete)
                    .filter(complete -> complete.status() == ConditionStatus.True)
                    .isPresent())
        .isPresent();
  }

  /** Once its reconciler has seen the halt and made no run, it makes none while the halt stands. */
  private static boolean isHeldBack(RobustnessTest test) {
    return isHalted(test)
        && status(test)
            .filter(status ->
                Refusal.HALTED.equals(status.reason())
                    && status.phase() == Phase.Pending
                    && !SpecDigest.of(test).equals(status.specDigest()))
            .isPresent();
  }

  private static boolean isHalted(RobustnessTest test) {
    return annotation(test, Labels.HALT).filter("true"::equals).isPresent();
  }

  private static Optional<TestStatus> status(RobustnessTest test) {
    return Optional.ofNullable(test.getStatus());
  }

  private static Map<String, String> annotations(RobustnessTest test) {
    Map<String, String> annotations = test.getMetadata().getAnnotations();
    return annotations == null ? Map.of() : annotations;
  }

  private static Optional<String> annotation(RobustnessTest test, String name) {
    return Optional.ofNullable(annotations(test).get(name));
  }
}
