package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.absent;
import static io.etcdrobustness.checker.etcdcases.Told.created;
import static io.etcdrobustness.checker.etcdcases.Told.done;
import static io.etcdrobustness.checker.etcdcases.Told.get;
import static io.etcdrobustness.checker.etcdcases.Told.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.log.Story;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * {@code TestValidateAndReturnVisualize} of etcd's {@code
 * tests/robustness/validate/validate_test.go}: which stage of etcd's validation speaks.
 */
class ValidationCasesTest {

  record Case(String name, Story story, List<String> broken) {}

  static final List<Case> CASES =
      List.of(
          new Case(
              "Success with no persisted requests",
              new Story().ok(get("key"), absent(1)),
              List.of()),
          // etcd must stop here, as its model begins with an empty store. Ours begins with what is
          // said of the store: if it was empty, revision 2 needs somebody who made it.
          new Case(
              "Failure with not empty database",
              new Story().ok(get("key"), absent(2)),
              List.of("Linearizable")),
          new Case("Success", putAndWatched("value"), List.of()),
          new Case("Failure of watch", putAndWatched("value2"), List.of("WatchReliable")));

  private static Story putAndWatched(String value) {
    Story story = new Story();
    Story.Watching watching = story.watch(1, "key", "", 0);
    story.ok(get("key"), absent(1)).ok(put("key", "value"), done(2));
    return watching.events(created("key", value, 2)).and();
  }

  @TestFactory
  Stream<DynamicTest> theirsIsOurs() {
    return CASES.stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.name,
                () ->
                    assertThat(Verdicts.brokenBy(each.story.history()))
                        .containsExactlyElementsOf(each.broken)));
  }

  @Test
  void aStoreOfWhichNobodySaysThatItWasEmptyNeedNotHaveBeen() {
    Story late = new Story().facts(false, false, false).ok(get("key"), absent(2));
    assertThat(Verdicts.brokenBy(late.history())).isEmpty();
  }

  @Test
  void allOfThemAreHere() {
    assertThat(CASES).hasSize(4);
  }
}
