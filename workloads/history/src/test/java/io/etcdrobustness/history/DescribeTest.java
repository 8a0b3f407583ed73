package io.etcdrobustness.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DescribeTest {

  private static final Header REV = Header.ofRevision(318);

  @Test
  void aPutTellsItsRevision() {
    Operation put =
        new Operation(
            1,
            3,
            "m1",
            new Request.Put("k7", "c3-118", 5, false, false, false),
            0,
            1,
            new Outcome.Ok(new Response.PutDone(REV, Optional.empty())));
    assertThat(Describe.operation(put))
        .isEqualTo("client 3 at m1: put(\"k7\", \"c3-118\", lease 5) → rev 318");
  }

  @Test
  void readsTellWhatAndHow() {
    assertThat(Describe.request(Request.Range.of("a", ""))).isEqualTo("get(\"a\")");
    assertThat(Describe.request(Request.Range.of("key", "kez").asSerializable().atRevision(7)))
        .isEqualTo("range(\"key\"*, at rev 7, serializable)");
    assertThat(Describe.request(Request.Range.of("a", "c").withLimit(2).withKeysOnly()))
        .isEqualTo("range([\"a\", \"c\"), limit 2, keys only)");
    assertThat(Describe.request(Request.Range.of("\0", "\0"))).isEqualTo("range(all keys)");
    assertThat(Describe.request(Request.Range.of("b", "\0"))).isEqualTo("range([\"b\", ∞))");
  }

  @Test
  void answersOfReadsTellKeys() {
    assertThat(
            Describe.response(
                new Response.Ranged(REV, List.of(new KeyValue("a", "1", 2, 5, 3, 0)), 4, true)))
        .isEqualTo("[\"a\"=\"1\" (mod 5, version 3)], count 4, more, rev 318");
  }

  @Test
  void txnsReadLikeATxn() {
    Request.Txn txn =
        new Request.Txn(
            List.of(
                Compare.of("k1", Compare.Relation.EQUAL, new Compare.ModRevision(5)),
                Compare.of("k2", Compare.Relation.NOT_EQUAL, new Compare.Value("x"))),
            List.of(Request.Put.of("k1", "v"), Request.DeleteRange.of("k2")),
            List.of(Request.Range.of("k1", "")));
    assertThat(Describe.request(txn))
        .isEqualTo(
            "txn(if mod(\"k1\")=5 and value(\"k2\")≠\"x\" then [put(\"k1\", \"v\"), delete(\"k2\")]"
                + " else [get(\"k1\")])");
    assertThat(
            Describe.response(
                new Response.TxnDone(
                    REV,
                    false,
                    List.of(new Response.Ranged(Header.ofRevision(0), List.of(), 0, false)))))
        .isEqualTo("else [[], count 0], rev 318");
  }

  @Test
  void failuresTellWhatIsKnown() {
    assertThat(
            Describe.outcome(
                new Outcome.Unknown(
                    new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "too late"))))
        .isEqualTo("unknown: DEADLINE DEADLINE_EXCEEDED \"too late\"");
    assertThat(Describe.outcome(new Outcome.Failed(new Failure(Failure.Kind.COMPACTED, "", ""))))
        .isEqualTo("failed: COMPACTED");
  }

  @Test
  void watchesTellTheirEvents() {
    Event event =
        new Event(
            Event.Type.PUT,
            new KeyValue("a", "2", 5, 9, 2, 0),
            Optional.of(new KeyValue("a", "1", 5, 5, 1, 0)),
            false);
    assertThat(Describe.watch(new Watch.Events(4, REV, List.of(event), false, 0)))
        .isEqualTo(
            "watch 4 events [put(\"a\", \"2\") at rev 9, before: \"a\"=\"1\" (mod 5, version 1)],"
                + " rev 318");
    assertThat(
            Describe.watch(new Watch.Opened(4, 1, "", "k", "l", 7, true, false, false, false, 0)))
        .isEqualTo("watch 4 opened on \"k\"* from rev 7, progress notify");
  }

  @Test
  void bytesThatCannotBePrintedAreEscaped() {
    assertThat(Describe.quoted("a\"\\\n\0\u00ff\u20ac"))
        .isEqualTo("\"a\\\"\\\\\\x0a\\x00\\xff\\u20ac\"");
  }

  @Test
  void theTokenOfALongValueIsShownWhole() {
    String token = ByteStrings.value(ByteStrings.bytes("y".repeat(99)));
    assertThat(Describe.quoted(token)).isEqualTo('"' + token + '"');
  }

  @Test
  void theLengthIsBounded() {
    Request.InTxn nested = Request.Put.of("\u00ff".repeat(5_000), "v".repeat(5_000));
    for (int i = 0; i < 300; i++) {
      nested =
          new Request.Txn(
              List.of(), new ArrayList<>(Collections.nCopies(20, nested)), List.of(nested));
    }
    assertThat(Describe.request(nested)).hasSizeLessThanOrEqualTo(Describe.LONGEST).endsWith("…");
  }
}
