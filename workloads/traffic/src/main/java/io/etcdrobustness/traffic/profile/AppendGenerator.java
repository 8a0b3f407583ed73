package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request.InTxn;
import io.etcdrobustness.history.Request.Put;
import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Request.Txn;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Appends to lists, several in one txn, and reads them (Jepsen's {@code append} workload for etcd;
 * Kingsbury and Alvaro, "Elle", VLDB 2020). A list is the value of a key, its elements separated by
 * blanks, the newest last: each txn that appended shows in the next value, or it was lost.
 *
 * <p>A list drops its oldest elements when it would grow longer than a history keeps a value whole.
 */
final class AppendGenerator implements Generator {

  private static final int MOST_KEYS = 3;
  private static final int TRIES = 3;

  private final RandomSource random;
  private final Keys keys;
  private final Values elements;

  AppendGenerator(RandomSource random, Keys keys, Values elements) {
    this.random = random;
    this.keys = keys;
    this.elements = elements;
  }

  @Override
  public Step fresh() {
    FreeKeys free = new FreeKeys(keys);
    List<String> chosen =
        Stream.generate(() -> free.take(random))
            .limit(random.between(1, MOST_KEYS))
            .flatMap(Optional::stream)
            .toList();
    boolean append = random.chance(0.6);
    // A stale read is a fair start for an append: its txn then fails.
    boolean stale = append && random.chance(0.1);
    return Step.of(
        new Txn(List.of(), reads(chosen, stale), List.of()),
        read -> append ? append(chosen, read, TRIES) : Optional.empty());
  }

  private static List<InTxn> reads(List<String> chosen, boolean serializable) {
    return chosen.stream()
        .map(key -> Range.of(key, ""))
        .<InTxn>map(range -> serializable ? range.asSerializable() : range)
        .toList();
  }

  private Optional<Step> append(List<String> chosen, Operation read, int tries) {
    return Answers.answer(read, Response.TxnDone.class)
        .map(done -> {
          Map<String, KeyValue> lists = new TreeMap<>();
          Answers.keyValues(done).forEach(kv -> lists.put(kv.key(), kv));
          return append(chosen, lists, tries);
        });
  }

  private Step append(List<String> chosen, Map<String, KeyValue> lists, int tries) {
    List<Compare> unchanged = new ArrayList<>();
    List<InTxn> appends = new ArrayList<>();
    for (String key : chosen) {
      Optional<KeyValue> list = Optional.ofNullable(lists.get(key));
      unchanged.add(
          Compare.of(
              key,
              Compare.Relation.EQUAL,
              new Compare.ModRevision(list.map(KeyValue::modRevision).orElse(0L))));
      appends.add(Put.of(key, appended(list.map(KeyValue::value).orElse(""), elements.small())));
    }
    return Step.of(
            new Txn(unchanged, appends, reads(chosen, false)),
            written ->
                Answers.answer(written, Response.TxnDone.class)
                            .filter(done -> !done.succeeded())
                            .isPresent()
                        && tries > 1
                    ? append(chosen, written, tries - 1)
                    : Optional.empty())
        .atOnce();
  }

  /** The list with one element more, and the oldest ones dropped that do not fit any more. */
  static String appended(String list, String element) {
    String longer = list.isEmpty() ? element : list + " " + element;
    while (longer.length() > ByteStrings.WHOLE && longer.indexOf(' ') >= 0) {
      longer = longer.substring(longer.indexOf(' ') + 1);
    }
    return longer;
  }
}
