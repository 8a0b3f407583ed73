package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.absent;
import static io.etcdrobustness.checker.etcdcases.Told.done;
import static io.etcdrobustness.checker.etcdcases.Told.found;
import static io.etcdrobustness.checker.etcdcases.Told.kv;
import static io.etcdrobustness.checker.etcdcases.Told.page;
import static io.etcdrobustness.checker.etcdcases.Told.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.log.Story;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * {@code TestValidateSerializableOperations} of etcd's {@code
 * tests/robustness/validate/operations_test.go}: reads at a revision, after puts of a, b and c at
 * the revisions 2, 3 and 4.
 *
 * <p>etcd calls these serializable and does not tell whether their requests were; here each is read
 * both ways. Linearizable it is a promise of two of our properties.
 */
class ReadOfThePastCasesTest {

  private static final String REFUSALS_ARE_JUDGED =
      "etcd leaves every refused read unjudged; that revision 2 lies in the future of revision 4 is"
          + " false.";

  private static final String FUTURE =
      "Which revisions may be read is a promise of its own here: of what was not compacted, and of"
          + " what is there already.";

  private static final KeyValue A = kv("a", "1", 2, 1);
  private static final KeyValue B = kv("b", "2", 3, 1);
  private static final KeyValue C = kv("c", "3", 4, 1);

  /**
   * @param told the reads, onto the story of the puts
   * @param etcd whether etcd finds nothing wrong
   * @param serializable what is broken if the reads were serializable
   * @param linearizable what is broken if they were not
   */
  record Case(
      String name,
      boolean etcd,
      List<String> serializable,
      List<String> linearizable,
      String reason,
      List<BiConsumer<Story, Boolean>> told) {

    static Case named(String name) {
      return new Case(name, true, List.of(), List.of(), "", List.of());
    }

    Case read(String key, String end, long revision, long limit, Response answer) {
      return then((story, stale) -> story.ok(range(key, end, revision, limit, stale), answer));
    }

    Case refused(long revision) {
      return then((story, stale) ->
          story.refused(range("a", "z", revision, 0, stale), Failure.Kind.FUTURE_REVISION));
    }

    Case lost(long revision) {
      return then((story, stale) -> story.unknown(range("a", "z", revision, 0, stale)));
    }

    Case fails() {
      return new Case(
          name,
          false,
          List.of("SerializableReadFromPast"),
          List.of("Linearizable", "SerializableReadFromPast"),
          "",
          told);
    }

    private Case but(List<String> ifSerializable, List<String> ifLinearizable, String why) {
      return new Case(name, etcd, ifSerializable, ifLinearizable, why, told);
    }

    private Case then(BiConsumer<Story, Boolean> next) {
      List<BiConsumer<Story, Boolean>> longer = new ArrayList<>(told);
      longer.add(next);
      return new Case(name, etcd, serializable, linearizable, reason, longer);
    }

    private static Request.Range range(
        String key, String end, long revision, long limit, boolean stale) {
      Request.Range range = Request.Range.of(key, end).atRevision(revision).withLimit(limit);
      return stale ? range.asSerializable() : range;
    }

    List<String> broken(boolean stale) {
      Story story =
          new Story()
              .ok(put("a", "1"), done(2))
              .ok(put("b", "2"), done(3))
              .ok(put("c", "3"), done(4));
      told.forEach(next -> next.accept(story, stale));
      return Verdicts.brokenBy(story.history());
    }
  }

  static final List<Case> CASES =
      List.of(
          Case.named("Success")
              .read("a", "z", 1, 0, absent(4))
              .read("a", "z", 2, 0, found(4, A))
              .read("a", "z", 3, 0, found(4, A, B))
              .read("a", "z", 4, 0, found(4, A, B, C))
              .read("a", "z", 4, 3, found(4, A, B, C))
              .read("a", "z", 4, 4, found(4, A, B, C))
              .read("a", "z", 4, 2, page(4, 3, A, B))
              .read("b\0", "z", 4, 2, found(4, C))
              .read("b", "", 4, 0, found(4, B))
              .read("b", "", 2, 0, absent(4)),
          Case.named("Invalid order").read("a", "z", 4, 0, found(4, C, B, A)).fails(),
          Case.named("Invalid count").read("a", "z", 1, 0, page(4, 1)).fails(),
          Case.named("Invalid keys").read("a", "z", 2, 0, page(4, 3, B)).fails(),
          Case.named("Invalid revision").read("a", "z", 2, 0, page(4, 3, A, B)).fails(),
          Case.named("Error")
              .refused(2)
              .lost(2)
              .but(List.of(), List.of("CompactionRespected"), REFUSALS_ARE_JUDGED),
          Case.named("Future rev returned").refused(6),
          Case.named("Future rev success")
              .read("a", "z", 6, 0, absent(4))
              .fails()
              .but(
                  List.of("CompactionRespected"),
                  List.of("CompactionRespected", "Linearizable"),
                  FUTURE),
          Case.named("Future rev failure").lost(6));

  @TestFactory
  Stream<DynamicTest> theirsIsOursIfSerializable() {
    return CASES.stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.name,
                () ->
                    assertThat(each.broken(true))
                        .as(each.reason)
                        .containsExactlyInAnyOrderElementsOf(each.serializable)));
  }

  @TestFactory
  Stream<DynamicTest> theirsIsOursIfLinearizable() {
    return CASES.stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.name,
                () ->
                    assertThat(each.broken(false))
                        .as(each.reason)
                        .containsExactlyInAnyOrderElementsOf(each.linearizable)));
  }

  @Test
  void allOfThemAreHere() {
    assertThat(CASES).hasSize(9);
  }

  @Test
  void everyDifferenceHasAReason() {
    for (Case each : CASES) {
      boolean same =
          each.etcd == each.serializable.isEmpty() && each.etcd == each.linearizable.isEmpty();
      assertThat(same || each.reason.endsWith(".")).as(each.name).isTrue();
    }
  }
}
