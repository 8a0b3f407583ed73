package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.after;
import static io.etcdrobustness.checker.etcdcases.Told.changed;
import static io.etcdrobustness.checker.etcdcases.Told.created;
import static io.etcdrobustness.checker.etcdcases.Told.delete;
import static io.etcdrobustness.checker.etcdcases.Told.gone;
import static io.etcdrobustness.checker.etcdcases.Told.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code TestValidateWatch} of etcd's {@code tests/robustness/validate/validate_test.go}. */
class WatchCasesTest {

  private static final String FIRST_ONLY =
      "etcd tells the first guarantee that a client saw broken; here its Reliable is broken as well.";

  private static final String NOBODY_WROTE_IT =
      "We judge no setting of the workload: an acknowledged write tells all the keys of its revision,"
          + " so that one more is an invented event.";

  private static final Request[] A_B = {put("a", "1"), put("b", "2")};
  private static final Request[] A_B_C = {put("a", "1"), put("b", "2"), put("c", "3")};
  private static final Request[] PUT_PUT_DELETE_PUT = {
    put("a", "1"), put("a", "2"), delete("a"), put("a", "4")
  };

  private static final Event A = created("a", "1", 2);
  private static final Event B = created("b", "2", 3);
  private static final Event C = created("c", "3", 4);
  private static final Event A_AGAIN = changed("a", "2", 3);
  private static final Event A_GONE = gone("a", 4);
  private static final Event A_ANEW = created("a", "4", 5);

  static final List<WatchCase> CASES =
      List.of(
          WatchCase.named("Ordered, Unique - ordered unique events in one response - pass")
              .executed(A_B)
              .ofAll()
              .got(A, B)
              .holds(),
          WatchCase.named(
                  "Reliable - Put with non-existent lease doesn't generate watch event - pass")
              .executed(put("a", "1", 1))
              .of("a")
              .holds(),
          WatchCase.named("Ordered, Unique - unique ordered events in separate response - pass")
              .executed(A_B)
              .ofAll()
              .got(A)
              .got(B)
              .holds(),
          WatchCase.named("Ordered - unordered events in one response - fail")
              .executed(A_B)
              .ofAll()
              .got(B, A)
              .breaks("WatchOrdered"),
          WatchCase.named("Ordered - unordered events in separate response - fail")
              .executed(A_B)
              .ofAll()
              .got(B)
              .got(A)
              .breaks("WatchOrdered"),
          WatchCase.named("Ordered - unordered events in separate watch - pass")
              .executed(A_B)
              .of("b")
              .got(B)
              .of("a")
              .got(A)
              .holds(),
          WatchCase.named("Unique - duplicated events in one response - fail")
              .executed(put("a", "1"))
              .of("a")
              .got(A, created("a", "2", 2))
              .breaks("WatchUnique")
              .also(FIRST_ONLY, "WatchReliable"),
          WatchCase.named("Unique - duplicated events in separate responses - fail")
              .executed(put("a", "1"))
              .of("a")
              .got(A)
              .got(created("a", "2", 2))
              .breaks("WatchUnique")
              .also(
                  FIRST_ONLY + " So is its Atomic: two responses share a revision.",
                  "WatchAtomic",
                  "WatchReliable"),
          WatchCase.named("Unique - duplicated events in watch requests - pass")
              .executed(put("a", "1"))
              .of("a")
              .got(A)
              .of("a")
              .got(A)
              .holds(),
          WatchCase.named("Unique, Atomic - duplicated revision in one response - pass")
              .executed(Told.txn(List.of(put("a", "1"), put("b", "2")), List.of()))
              .ofAll()
              .got(A, created("b", "2", 2))
              .holds(),
          WatchCase.named("Unique - duplicated revision in separate watch request - pass")
              .executed(put("a", "1"))
              .of("a")
              .got(A)
              .of("a")
              .got(A)
              .holds(),
          WatchCase.named("Unique revision - duplicated revision in one response - fail")
              .executed(A_B)
              .ofAll()
              .got(A, created("b", "2", 2))
              .breaks("WatchUnique")
              .rather(NOBODY_WROTE_IT, "WatchReliable"),
          WatchCase.named("Atomic - duplicated revision in one response - fail")
              .executed(A_B)
              .ofAll()
              .got(A, created("b", "2", 2))
              .breaks("WatchUnique")
              .rather(NOBODY_WROTE_IT, "WatchReliable"),
          WatchCase.named("Atomic - revision in separate responses - fail")
              .executed(A_B)
              .ofAll()
              .got(A)
              .got(created("b", "2", 2))
              .breaks("WatchAtomic")
              .also(FIRST_ONLY, "WatchReliable"),
          WatchCase.named(
                  "Resumable, Reliable, Bookmarkable - all events with watch revision and bookmark - pass")
              .executed(A_B_C)
              .ofAll()
              .from(2)
              .got(A, B, C)
              .progress(4)
              .holds(),
          WatchCase.named(
                  "Resumable, Reliable, Bookmarkable - all events with only bookmarks - pass")
              .executed(A_B_C)
              .ofAll()
              .progress(1)
              .got(A, B, C)
              .progress(4)
              .holds(),
          WatchCase.named(
                  "Resumable, Reliable, Bookmarkable - empty events without revision - pass")
              .executed(A_B_C)
              .ofAll()
              .progress(4)
              .holds(),
          WatchCase.named(
                  "Resumable, Reliable, Bookmarkable - empty events with watch revision - fail")
              .executed(A_B_C)
              .ofAll()
              .from(2)
              .progress(4)
              .breaks("WatchReliable"),
          WatchCase.named(
                  "Resumable, Reliable, Bookmarkable - unmatched events with watch revision - pass")
              .executed(A_B_C)
              .of("d")
              .from(2)
              .progress(2)
              .progress(3)
              .progress(3)
              .progress(4)
              .holds(),
          WatchCase.named(
                  "Resumable, Reliable, Bookmarkable - empty events between progress notifies - fail")
              .executed(A_B_C)
              .ofAll()
              .progress(1)
              .progress(4)
              .breaks("WatchReliable"),
          WatchCase.named(
                  "Resumable, Reliable, Bookmarkable - unmatched events between progress notifies - pass")
              .executed(A_B_C)
              .of("d")
              .progress(2)
              .progress(3)
              .progress(3)
              .progress(4)
              .holds(),
          WatchCase.named("Bookmarkable - revision non decreasing - pass")
              .executed(A_B_C)
              .ofAll()
              .progress(1)
              .got(A)
              .progress(2)
              .got(B)
              .progress(3)
              .progress(3)
              .got(C)
              .progress(4)
              .holds(),
          WatchCase.named("Bookmarkable - event precedes progress - fail")
              .executed(A_B_C)
              .ofAll()
              .got(A, B, C)
              .progress(3)
              .breaks("WatchBookmarkable"),
          WatchCase.named("Bookmarkable - progress precedes event - fail")
              .executed(A_B_C)
              .ofAll()
              .got(A, B)
              .progress(4)
              .got(C)
              .breaks("WatchBookmarkable"),
          WatchCase.named("Bookmarkable - progress precedes other progress - fail")
              .ofAll()
              .progress(2)
              .progress(1)
              .breaks("WatchBookmarkable"),
          WatchCase.named("Bookmarkable - progress notification lower than watch request - pass")
              .executed(put("a", "1"))
              .ofAll()
              .from(3)
              .progress(2)
              .holds(),
          WatchCase.named("Bookmarkable - empty event history - pass")
              .ofAll()
              .progress(1)
              .progress(1)
              .holds(),
          WatchCase.named("Reliable - missing event before bookmark - fail")
              .executed(A_B_C)
              .ofAll()
              .got(A, B)
              .progress(4)
              .breaks("WatchReliable"),
          WatchCase.named("Reliable - missing event matching watch before bookmark - fail")
              .executed(put("a", "1"), put("a", "2"), put("c", "3"))
              .of("a")
              .got(A)
              .progress(4)
              .breaks("WatchReliable"),
          WatchCase.named(
                  "Reliable - missing event matching watch with prefix before bookmark - fail")
              .executed(put("aa", "1"), put("ab", "2"), put("cc", "3"))
              .ofPrefix("a")
              .got(created("aa", "1", 2))
              .progress(4)
              .breaks("WatchReliable"),
          WatchCase.named("Reliable - all events history - pass")
              .executed(A_B_C)
              .ofAll()
              .got(A, B, C)
              .holds(),
          WatchCase.named("Reliable - single revision - pass")
              .executed(put("a", "1"))
              .ofAll()
              .got(A)
              .holds(),
          WatchCase.named("Reliable - single revision with watch revision - pass")
              .executed(put("a", "1"))
              .ofAll()
              .from(2)
              .got(A)
              .holds(),
          WatchCase.named("Reliable - missing single revision with watch revision - pass")
              .executed(put("a", "1"))
              .ofAll()
              .from(2)
              .got()
              .holds(),
          WatchCase.named("Reliable - single revision with progress notify - pass")
              .executed(put("a", "1"))
              .ofAll()
              .got(A)
              .progress(2)
              .holds(),
          WatchCase.named("Reliable - single revision missing with progress notify - fail")
              .executed(put("a", "1"))
              .ofAll()
              .from(2)
              .progress(2)
              .breaks("WatchReliable"),
          WatchCase.named("Reliable - missing middle event - fail")
              .executed(A_B_C)
              .ofAll()
              .got(A, C)
              .breaks("WatchReliable"),
          WatchCase.named("Reliable - middle event doesn't match request - pass")
              .executed(put("a", "1"), put("ab", "2"), put("a", "3"))
              .of("a")
              .got(A, changed("a", "3", 4))
              .holds(),
          WatchCase.named("Reliable - middle event doesn't match request with prefix - pass")
              .executed(put("aa", "1"), put("bb", "2"), put("ac", "3"))
              .ofPrefix("a")
              .got(created("aa", "1", 2), created("ac", "3", 4))
              .holds(),
          WatchCase.named("Reliable, Resumable - missing first event - pass")
              .executed(A_B_C)
              .ofAll()
              .got(B, C)
              .holds(),
          WatchCase.named("Reliable - missing last event - pass")
              .executed(A_B_C)
              .ofAll()
              .got(A, B)
              .holds(),
          WatchCase.named("Reliable - ignore empty last error response - pass")
              .executed(A_B_C)
              .ofAll()
              .got(A, B, C)
              .compacted()
              .holds(),
          WatchCase.named("Resumable - watch revision from middle event - pass")
              .executed(A_B_C)
              .ofAll()
              .from(3)
              .got(B, C)
              .holds(),
          WatchCase.named("Resumable - watch key from middle event - pass")
              .executed(A_B_C)
              .of("b")
              .from(2)
              .got(B)
              .holds(),
          WatchCase.named("Resumable - watch key with prefix from middle event - pass")
              .executed(put("a", "1"), put("bb", "2"), put("bc", "3"))
              .ofPrefix("b")
              .from(2)
              .got(created("bb", "2", 3), created("bc", "3", 4))
              .holds(),
          WatchCase.named("Resumable - missing first matching event - fail")
              .executed(A_B_C)
              .ofAll()
              .from(3)
              .got(C)
              .breaks("WatchResumable")
              .also(FIRST_ONLY, "WatchReliable"),
          // etcd has two cases of this name; the first one watches a single key.
          WatchCase.named("Resumable - missing first matching event with prefix - fail")
              .executed(put("a", "1"), put("b", "2"), put("b", "3"))
              .of("b")
              .from(2)
              .got(changed("b", "3", 4))
              .breaks("WatchResumable")
              .also(FIRST_ONLY, "WatchReliable"),
          WatchCase.named("Resumable - missing first matching event with prefix - fail")
              .executed(put("a", "1"), put("bb", "2"), put("bc", "3"))
              .ofPrefix("b")
              .from(2)
              .got(created("bc", "3", 4))
              .breaks("WatchResumable")
              .also(FIRST_ONLY, "WatchReliable"),
          WatchCase.named("IsCreate - correct IsCreate values - pass")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .got(A, A_AGAIN, A_GONE, A_ANEW)
              .holds(),
          WatchCase.named("IsCreate - second put marked as created - fail")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .got(A, created("a", "2", 3), A_GONE, A_ANEW)
              .breaks("WatchIsCreate"),
          WatchCase.named("IsCreate - put after delete marked as not created - fail")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .got(A, A_AGAIN, A_GONE, changed("a", "4", 5))
              .breaks("WatchIsCreate"),
          WatchCase.named("PrevKV - no previous values - pass")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .withPrevious()
              .got(A, A_AGAIN, A_GONE, A_ANEW)
              .holds(),
          WatchCase.named("PrevKV - all previous values - pass")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .withPrevious()
              .got(A, after(A_AGAIN, "1", 2, 1), after(A_GONE, "2", 3, 2), A_ANEW)
              .holds(),
          // etcd's cases of a wrong previous key also leave its version at 0, which alone would do
          // for it; here nothing is wrong but what the name tells.
          WatchCase.named("PrevKV - mismatch value on put - fail")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .withPrevious()
              .got(A, after(A_AGAIN, "2", 2, 1), after(A_GONE, "2", 3, 2), A_ANEW)
              .breaks("WatchPrevKV"),
          WatchCase.named("PrevKV - mismatch revision on put - fail")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .withPrevious()
              .got(A, after(A_AGAIN, "1", 3, 1), after(A_GONE, "2", 3, 2), A_ANEW)
              .breaks("WatchPrevKV"),
          WatchCase.named("PrevKV - mismatch value on delete - fail")
              .executed(PUT_PUT_DELETE_PUT)
              .of("a")
              .withPrevious()
              .got(A, after(A_AGAIN, "1", 2, 1), after(A_GONE, "1", 3, 2), A_ANEW)
              .breaks("WatchPrevKV"),
          WatchCase.named("PrevKV - mismatch revision on delete - fail")
              .executed(PUT_PUT_DELETE_PUT)
              .ofAll()
              .withPrevious()
              .got(A, after(A_AGAIN, "1", 2, 1), after(A_GONE, "2", 2, 2), A_ANEW)
              .breaks("WatchPrevKV"),
          WatchCase.named("Filter - event not matching the watch - fail")
              .executed(A_B)
              .of("a")
              .got(A, B)
              .breaks("WatchFilter"),
          WatchCase.named("Filter - event not matching the watch with prefix - fail")
              .executed(put("aa", "1"), put("bb", "2"), put("ac", "3"))
              .ofPrefix("a")
              .got(created("aa", "1", 2), created("bb", "2", 3), created("ac", "3", 4))
              .breaks("WatchFilter"));

  @TestFactory
  Stream<DynamicTest> theirsIsOurs() {
    return CASES.stream().map(WatchCase::test);
  }

  @Test
  void allOfThemAreHere() {
    assertThat(CASES).hasSize(59);
    assertThat(CASES.size() + ValidationCasesTest.CASES.size()).isEqualTo(63);
  }

  @Test
  void everyDifferenceHasAReason() {
    assertThat(CASES.stream().flatMap(each -> each.difference().stream()))
        .hasSize(8)
        .allSatisfy(reason -> assertThat(reason).endsWith("."));
  }
}
