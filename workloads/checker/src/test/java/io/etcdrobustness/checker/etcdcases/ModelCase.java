package io.etcdrobustness.checker.etcdcases;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.log.Story;
import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Matching;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;

/**
 * Requests one after the other, each with an answer that is right or wrong after those before it;
 * what was wrong did not happen.
 *
 * <p>Each step is judged as the last one of a history in which what was right before it stands
 * before it: if it is right the history breaks nothing, else it is not linearizable.
 */
final class ModelCase {

  private final String name;
  private final List<TestStep> steps = new ArrayList<>();

  private ModelCase(String name) {
    this.name = name;
  }

  /** The case that etcd calls {@code name}. */
  static ModelCase named(String name) {
    return new ModelCase(name);
  }

  /** The answer is right. */
  ModelCase right(Request request, Response answer) {
    return add(request, Optional.of(answer), true, true, "");
  }

  /** The answer is wrong. */
  ModelCase wrong(Request request, Response answer) {
    return add(request, Optional.of(answer), false, false, "");
  }

  /** It was not answered. */
  ModelCase lost(Request request) {
    return add(request, Optional.empty(), true, true, "");
  }

  /** The answer is right to etcd's model, and wrong to ours. */
  ModelCase rightToEtcdOnly(String why, Request request, Response answer) {
    return add(request, Optional.of(answer), true, false, why);
  }

  /** The answer is wrong to etcd's model, and right to our judge. */
  ModelCase wrongToEtcdOnly(String why, Request request, Response answer) {
    return add(request, Optional.of(answer), false, true, why);
  }

  private ModelCase add(
      Request request, Optional<Response> answer, boolean etcd, boolean we, String reason) {
    steps.add(new TestStep(request, answer, etcd, we, reason));
    return this;
  }

  /** The steps of which we say something else than etcd, each with its reason. */
  List<String> differences() {
    return steps.stream().filter(step -> step.etcd != step.we).map(TestStep::reason).toList();
  }

  /** As histories. */
  DynamicTest histories() {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          List<TestStep> happened = new ArrayList<>();
          for (TestStep step : steps) {
            Story story = new Story();
            Verdicts.joined(happened, step).forEach(each -> each.tell(story));
            List<String> broken = Verdicts.brokenBy(story.history());
            if (step.we) {
              assertThat(broken).as(step.toString()).isEmpty();
            } else {
              assertThat(broken).as(step.toString()).contains("Linearizable");
            }
            if (step.etcd && step.we) {
              happened.add(step);
            }
          }
        });
  }

  /** As steps of the model; only of a case in which every request was answered. */
  DynamicTest modelled() {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Store store = Store.empty();
          EtcdModel model = new EtcdModel(store, LeaseRule.STRICT);
          for (TestStep step : steps) {
            int before = store.mark();
            boolean right = step.right(model);
            assertThat(right).as(step.toString()).isEqualTo(step.we);
            if (!right) {
              store.undo(before);
            }
          }
        });
  }

  /**
   * One step.
   *
   * @param answer empty: there was none
   * @param etcd whether it is right as etcd says
   * @param we whether it is right as we say
   */
  private record TestStep(
      Request request, Optional<Response> answer, boolean etcd, boolean we, String reason) {

    void tell(Story story) {
      answer.ifPresentOrElse(told -> story.ok(request, told), () -> story.unknown(request));
    }

    boolean right(EtcdModel model) {
      return switch (model.execute(request, answer)) {
        case Step.Done done ->
            Matching.difference(request, done.response(), answer.orElseThrow()).isEmpty();
        // What touches neither keys nor leases is not the model's.
        case Step.Refused(Failure.Kind refusal) -> refusal == Failure.Kind.UNIMPLEMENTED;
      };
    }
  }
}
