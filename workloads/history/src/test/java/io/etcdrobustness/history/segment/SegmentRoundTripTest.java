package io.etcdrobustness.history.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.RandomEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRoundTripTest {

  private static final long SEEDS = 40;

  @TempDir Path folder;

  @Test
  void whatWasWrittenIsReadBackTheSameInItsOrder() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      RandomSource chance = new RandomSource(seed);
      RandomEntries random = new RandomEntries(chance);
      History.Facts facts = random.facts();
      List<Entry> entries = random.entries(400);
      Path run = folder.resolve("run-" + seed);

      Segments.write(run, facts, chance.between(1, 60_000), split(entries, chance));

      Segments.Read read = Segments.read(run);
      assertThat(read.notes()).as("seed %d", seed).isEmpty();
      assertThat(read.facts()).as("seed %d", seed).isEqualTo(facts);
      assertThat(read.entries()).as("seed %d", seed).isEqualTo(entries);
      assertThat(SegmentReader.read(run).history())
          .as("seed %d", seed)
          .isEqualTo(History.of(facts, entries));
    }
  }

  @Test
  void moreEntriesThanABlockHoldsAreWrittenWithoutBeingAskedTo() throws IOException {
    List<Entry> entries =
        new RandomEntries(new RandomSource(5)).entries(2 * SegmentFolder.BLOCK_ENTRIES + 1);
    try (SegmentWriter writer = Segments.writer(folder, History.Facts.OWN_CLUSTER, 1 << 20)) {
      entries.forEach(writer::record);

      assertThat(Segments.read(folder).entries())
          .isEqualTo(entries.subList(0, 2 * SegmentFolder.BLOCK_ENTRIES));
    }
    assertThat(Segments.read(folder).entries()).isEqualTo(entries);
  }

  @Test
  void longEntriesEndABlockToo() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      entries.add(operation(i, Request.Put.of("k" + i, "x".repeat(100_000) + i)));
    }
    try (SegmentWriter writer = Segments.writer(folder, History.Facts.OWN_CLUSTER, 1 << 30)) {
      entries.forEach(writer::record);

      assertThat(Segments.read(folder).entries()).hasSizeBetween(30, 39);
    }
    assertThat(Segments.read(folder).entries()).isEqualTo(entries);
  }

  @Test
  void whatWasSaidBeforeIsOneInstance() throws IOException {
    KeyValue kv = new KeyValue("k", "v", 2, 3, 2, 0);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      entries.add(
          new Operation(
              i,
              i,
              "m1",
              Request.Range.of("k", ""),
              10 * i,
              10 * i + 5,
              new Outcome.Ok(new Response.Ranged(new Header(1, 2, 3, 4), List.of(kv), 1, false))));
    }
    Segments.write(folder, History.Facts.OWN_CLUSTER, 1 << 20, List.of(entries));

    List<Entry> read = Segments.read(folder).entries();
    assertThat(read).isEqualTo(entries);
    Response.Ranged first = ranged(read.getFirst());
    Response.Ranged last = ranged(read.getLast());
    assertThat(last.kvs().getFirst()).isSameAs(first.kvs().getFirst());
    assertThat(last.header()).isSameAs(first.header());
    assertThat(((Operation) read.getLast()).request())
        .isSameAs(((Operation) read.getFirst()).request());
    assertThat(((Operation) read.getLast()).member())
        .isSameAs(((Operation) read.getFirst()).member());
  }

  @Test
  void txnsWithinTxnsAreKeptAsDeepAsJsonLinesHoldThem() throws IOException {
    List<Entry> entries = List.of(operation(1, nested(SegmentFolder.DEEPEST)));
    Segments.write(folder, History.Facts.OWN_CLUSTER, 1 << 20, List.of(entries));

    assertThat(Segments.read(folder).entries()).isEqualTo(entries);
  }

  @Test
  void txnsThatCouldNotBeReadAreNotWritten() throws IOException {
    SegmentWriter writer =
        new SegmentWriter(
            folder,
            History.Facts.OWN_CLUSTER,
            e -> {},
            file -> Files.newOutputStream(file),
            1 << 20);
    writer.record(operation(1, nested(1)));
    writer.flush();
    writer.record(operation(2, nested(SegmentFolder.DEEPEST + 1)));

    assertThatThrownBy(writer::close)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lacks the last 1 entries")
        .hasMessageContaining("cannot encode an entry");
    Segments.Read read = Segments.read(folder);
    assertThat(read.entries()).containsExactly(operation(1, nested(1)));
    assertThat(read.notes()).singleElement().asString().contains("nothing says that it was closed");
  }

  private static List<List<Entry>> split(List<Entry> entries, RandomSource random) {
    List<List<Entry>> blocks = new ArrayList<>();
    int from = 0;
    while (from < entries.size()) {
      int to = (int) Math.min(entries.size(), from + random.between(1, 120));
      blocks.add(entries.subList(from, to));
      from = to;
    }
    return blocks;
  }

  private static Response.Ranged ranged(Entry entry) {
    return entry instanceof Operation operation
            && operation.outcome() instanceof Outcome.Ok(Response.Ranged ranged)
        ? ranged
        : fail("no range: %s", entry);
  }

  private static Operation operation(int id, Request request) {
    return new Operation(
        id,
        1,
        "",
        request,
        id,
        id + 1,
        new Outcome.Ok(new Response.TxnDone(Header.ofRevision(id), true, List.of())));
  }

  private static Request.InTxn nested(int depth) {
    Request.InTxn request = Request.Put.of("k", "v");
    for (int i = 0; i < depth; i++) {
      request = new Request.Txn(List.of(), List.of(request), List.of());
    }
    return request;
  }
}
