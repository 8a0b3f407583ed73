package io.etcdrobustness.checker.members;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the members said of themselves after the traffic had ended.
 *
 * @param statuses by member, in the order of the calls
 * @param hashes in the order of the calls
 */
record FinalRound(Map<String, List<Told>> statuses, List<Hash> hashes) {

  /** A status of one member. */
  record Told(Operation operation, Response.MemberStatus status) {
    long index() {
      return status.raftAppliedIndex();
    }

    long revision() {
      return status.header().revision();
    }
  }

  /** A hash that one member told of its store at one revision. */
  record Hash(Operation operation, long revision, Response.KvHash answer) {
    String member() {
      return operation.member();
    }
  }

  static FinalRound of(History history, long from) {
    Map<String, List<Told>> statuses = new TreeMap<>();
    List<Hash> hashes = new ArrayList<>();
    for (Operation operation : history.operations()) {
      if (operation.call() < from
          || operation.member().isEmpty()
          || !(operation.outcome() instanceof Outcome.Ok ok)) {
        continue;
      }
      if (ok.response() instanceof Response.MemberStatus status) {
        statuses
            .computeIfAbsent(operation.member(), unseen -> new ArrayList<>())
            .add(new Told(operation, status));
      } else if (ok.response() instanceof Response.KvHash hash
          && operation.request() instanceof Request.HashKv request) {
        // Without either nobody knows which revision it is of: the header is filled afterwards.
        long revision = request.revision() > 0 ? request.revision() : hash.hashRevision();
        // At the compact revision itself releases differ in whether a tombstone there counts.
        if (revision > hash.compactRevision()) {
          hashes.add(new Hash(operation, revision, hash));
        }
      }
    }
    return new FinalRound(statuses, hashes);
  }

  /** The highest applied index that every one of {@code members} told. */
  Optional<Long> commonIndex(Set<String> members) {
    TreeSet<Long> common = new TreeSet<>();
    boolean first = true;
    for (String member : members) {
      List<Long> told = statuses.getOrDefault(member, List.of()).stream().map(Told::index).toList();
      if (first) {
        common.addAll(told);
        first = false;
      } else {
        common.retainAll(told);
      }
    }
    return common.isEmpty() ? Optional.empty() : Optional.of(common.last());
  }

  /**
   * A status of {@code member} at applied index {@code index} that another one, of the same index
   * and revision, confirms. etcd reads the revision and then the index, so that a single answer may
   * pair an index with the revision before it; two alike may not.
   */
  Optional<Told> confirmed(String member, long index) {
    List<Told> at =
        statuses.getOrDefault(member, List.of()).stream().filter(t -> t.index() == index).toList();
    for (int i = 1; i < at.size(); i++) {
      if (at.get(i).revision() == at.get(i - 1).revision()) {
        return Optional.of(at.get(i));
      }
    }
    return Optional.empty();
  }

  /** The last status of {@code member} at applied index {@code index}. */
  Optional<Told> last(String member, long index) {
    return statuses.getOrDefault(member, List.of()).reversed().stream()
        .filter(told -> told.index() == index)
        .findFirst();
  }

  /** The version that {@code member} last told, empty if it told none. */
  String version(String member) {
    List<Told> told = statuses.getOrDefault(member, List.of());
    return told.isEmpty() ? "" : told.getLast().status().version();
  }
}
