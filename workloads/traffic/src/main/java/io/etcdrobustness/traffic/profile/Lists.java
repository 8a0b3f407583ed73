package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Response.Ranged;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Reads a range page by page, all pages at the revision of the first: etcd's way to list what is
 * too big for one answer, and the apiserver's.
 */
final class Lists {

  private Lists() {}

  /**
   * The first page; the others follow from it.
   *
   * @param limit the most keys of a page
   * @param complete is told the revision of the list when its last page has come
   */
  static Step paginated(KeyRange range, long limit, LongConsumer complete) {
    return Step.of(
        Range.of(range.key(), range.end()).withLimit(limit),
        first ->
            Answers.answer(first, Ranged.class)
                .flatMap(page -> next(page, range, limit, page.header().revision(), complete)));
  }

  private static Optional<Step> next(
      Ranged page, KeyRange range, long limit, long revision, LongConsumer complete) {
    if (!page.more() || page.kvs().isEmpty()) {
      complete.accept(revision);
      return Optional.empty();
    }
    KeyRange rest = range.after(page.kvs().getLast().key());
    return Optional.of(
        Step.of(
                Range.of(rest.key(), rest.end()).withLimit(limit).atRevision(revision),
                answer ->
                    Answers.answer(answer, Ranged.class)
                        .flatMap(following -> next(following, rest, limit, revision, complete)))
            .atOnce());
  }
}
