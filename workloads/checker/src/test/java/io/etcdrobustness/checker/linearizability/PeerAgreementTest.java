package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.histgen.HistgenReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our verdicts on generated histories and Porcupine's with the model of etcd's robustness suite;
 * called by {@code bench/checker/agree.sh}. That model knows no create revisions: a history that is
 * broken by nothing else is in order to it.
 */
@Tag("peer")
class PeerAgreementTest {

  private final Linearizable property = new Linearizable();

  @Test
  void whatPorcupineDecidesIsDecidedAlike() throws IOException {
    List<Loaded> histories = HistgenReader.readAll(Path.of(System.getProperty("peer.histories")));
    List<String> verdicts = Files.readAllLines(Path.of(System.getProperty("peer.verdicts")));
    assertThat(verdicts).hasSameSizeAs(histories);
    Map<String, Integer> counts = new TreeMap<>();
    List<String> unexplained = new ArrayList<>();
    for (int i = 0; i < histories.size(); i++) {
      String peer = verdicts.get(i).substring(verdicts.get(i).indexOf(' ') + 1);
      History history = histories.get(i).history();
      String ours = verdict(history.frame().with(history.operations()));
      String story = "ours " + ours + ", Porcupine " + peer;
      if (ours.equals("Illegal") && peer.equals("Ok")) {
        story +=
            verdict(withoutCreateRevisions(history)).equals("Ok")
                ? ": by create revisions alone"
                : ": unexplained";
      }
      counts.merge(story, 1, Integer::sum);
      if (story.endsWith("unexplained") || (ours.equals("Ok") && peer.equals("Illegal"))) {
        unexplained.add("history " + i + ": " + story);
      }
    }
    counts.forEach((story, count) -> System.out.println(count + " times " + story));
    assertThat(unexplained).isEmpty();
    assertThat(counts.keySet()).noneMatch(story -> story.startsWith("ours Unknown"));
  }

  private String verdict(History history) {
    Finding finding = property.judge(new Evidence(history), Budget.UNLIMITED);
    return switch (finding.status()) {
      case HOLDS, NOT_EXERCISED -> "Ok";
      case VIOLATED -> "Illegal";
      case UNDECIDED -> "Unknown";
      case KNOWN, EXCLUDED -> throw new AssertionError("a judge says so of nothing: " + finding);
    };
  }

  private static History withoutCreateRevisions(History history) {
    List<Entry> entries = new ArrayList<>();
    for (Operation operation : history.operations()) {
      entries.add(
          operation.outcome() instanceof Outcome.Ok(Response response)
              ? operation.withOutcome(new Outcome.Ok(without(response)))
              : operation);
    }
    return History.of(history.facts(), entries);
  }

  private static Response without(Response response) {
    return response instanceof Response.InTxn answer ? without(answer) : response;
  }

  private static Response.InTxn without(Response.InTxn response) {
    return switch (response) {
      case Response.Ranged ranged ->
          new Response.Ranged(
              ranged.header(),
              ranged.kvs().stream().map(PeerAgreementTest::without).toList(),
              ranged.count(),
              ranged.more());
      case Response.TxnDone txn ->
          new Response.TxnDone(
              txn.header(),
              txn.succeeded(),
              txn.responses().stream().map(PeerAgreementTest::without).toList());
      case Response.PutDone put -> put;
      case Response.Deleted deleted -> deleted;
    };
  }

  private static KeyValue without(KeyValue kv) {
    return new KeyValue(
        kv.key(), kv.value(), KeyValue.NOT_RECORDED, kv.modRevision(), kv.version(), kv.lease());
  }
}
