package io.etcdrobustness.checker.members;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Sieve;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.members.FinalRound.Hash;
import io.etcdrobustness.checker.members.FinalRound.Told;
import io.etcdrobustness.history.Phase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Members that have applied the same log hold the same data.
 *
 * <p>Of {@code Status} answers after the traffic: two members at the same applied index are at the
 * same revision. A violation needs each side confirmed by a second answer that is alike, since etcd
 * reads revision and index one after the other. Of {@code HashKV} answers: the same revision, the
 * same compaction and the same version of etcd give the same hash.
 */
public final class MembersAgree implements Property {

  @Override
  public String name() {
    return "MembersAgree";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "Once the traffic has ended, members that have applied the same log index are at the same revision, and their stores have the same hash at one revision.",
        "Members that disagree answer differently for ever, and whoever becomes leader decides which data was lost.",
        "Raft's state machine safety (Ongaro and Ousterhout 2014, section 5.4.3) and etcd's own corruption check; broken by crashes under load (etcd #13766), by a crash in a defragmentation (#14685), by a txn that reads at a compacted revision (#18667).",
        "From the answers to Status and HashKV that each member gave in the final reads. At an applied index that two members told, each of them twice with one revision, the revisions must be equal. Hashes are compared at one revision and one compact revision. Different ones are a violation between members of one version: before 3.6 the way of hashing differed from release to release. Equal ones prove agreement whatever the versions. It holds only if all members reached one index and told comparable hashes; else it is undecided.",
        "Compare the revisions first: a member ahead of the others at one index has applied something twice, one behind has skipped something. Then find the first key that differs by serializable reads of each member, and dump the log with etcd-dump-logs around its revision.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new Sieve(this, passing, new Roll.Call(passing, Phase.Name.FINAL_READS)));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    OptionalLong begin = Roll.begin(evidence.history(), Phase.Name.FINAL_READS);
    if (begin.isEmpty()) {
      return Finding.of(this, 0, List.of(), "the history has no final reads");
    }
    SortedSet<String> members = Roll.members(evidence.history());
    FinalRound round = FinalRound.of(evidence.history(), begin.getAsLong());
    List<Violation> violations = new ArrayList<>();
    long hits = compareRevisions(round, violations) + compareHashes(round, violations);
    if (!violations.isEmpty()) {
      violations.sort(Comparator.comparingLong(Violation::time));
      return Finding.of(this, hits, violations, "the members disagree");
    }
    if (budget.exhausted()) {
      return Finding.undecided(this, hits, "stopped by its budget");
    }
    if (members.size() == 1) {
      return Finding.of(this, 0, List.of(), "one member has nobody to disagree with");
    }
    return thin(round, members)
        .map(reason -> Finding.undecided(this, hits, reason))
        .orElseGet(() ->
            Finding.of(
                this,
                hits,
                List.of(),
                "%d members agree at applied index %d"
                    .formatted(members.size(), round.commonIndex(members).orElse(0L))));
  }

  /** Why the evidence does not suffice for agreement; empty if it does. */
  private static Optional<String> thin(FinalRound round, SortedSet<String> members) {
    if (members.isEmpty()) {
      return Optional.of("the history names no member");
    }
    for (String member : members) {
      if (!round.statuses().containsKey(member)) {
        return Optional.of(member + " told no status in the final reads");
      }
    }
    Optional<Long> index = round.commonIndex(members);
    if (index.isEmpty()) {
      return Optional.of(
          "the members were never seen at one applied index: "
              + String.join(
                  ", ",
                  members.stream()
                      .map(m ->
                          m
                              + " at "
                              + round.statuses().getOrDefault(m, List.of()).getLast().index())
                      .toList()));
    }
    TreeSet<Long> revisions = new TreeSet<>();
    for (String member : members) {
      round.last(member, index.get()).ifPresent(told -> revisions.add(told.revision()));
    }
    if (revisions.size() > 1) {
      return Optional.of(
          "at applied index %d the members told revisions %s, but no second status confirms it"
              .formatted(index.get(), revisions));
    }
    List<List<Hash>> whole =
        groups(round, false).stream()
            .filter(group -> group.stream().map(Hash::member).distinct().count() == members.size())
            .toList();
    if (whole.isEmpty()) {
      return Optional.of("there is no revision at which all members told a comparable hash");
    }
    // Between members of one version different hashes have been found by now.
    return whole.stream().anyMatch(MembersAgree::isOneHash)
        ? Optional.empty()
        : Optional.of(
            "members of different versions told different hashes, which may be their way of"
                + " hashing");
  }

  private long compareRevisions(FinalRound round, List<Violation> violations) {
    Map<Long, TreeMap<String, Told>> byIndex = new TreeMap<>();
    round
        .statuses()
        .forEach((member, told) ->
            told.stream()
                .mapToLong(Told::index)
                .distinct()
                .forEach(index ->
                    round
                        .confirmed(member, index)
                        .ifPresent(confirmed ->
                            byIndex
                                .computeIfAbsent(index, unseen -> new TreeMap<>())
                                .put(member, confirmed))));
    long compared = 0;
    for (Map.Entry<Long, TreeMap<String, Told>> at : byIndex.entrySet()) {
      Collection<Told> tolds = at.getValue().values();
      compared += tolds.size() - 1;
      if (tolds.stream().mapToLong(Told::revision).distinct().count() > 1) {
        violations.add(differentRevisions(at.getKey(), at.getValue()));
      }
    }
    return compared;
  }

  private Violation differentRevisions(long index, TreeMap<String, Told> tolds) {
    List<String> each = new ArrayList<>();
    tolds.forEach((member, told) ->
        each.add(
            "%s at revision %d (operation %d)"
                .formatted(member, told.revision(), told.operation().id())));
    long time = tolds.values().stream().mapToLong(t -> t.operation().end()).max().orElse(0);
    return new Violation(
        name(),
        "at %s all had applied the log up to index %d, but stood at different revisions: %s"
            .formatted(Seconds.of(time), index, String.join(", ", each)),
        time,
        tolds.values().stream().map(told -> told.operation().id()).toList(),
        List.of(),
        List.copyOf(tolds.keySet()),
        tolds.values().stream().mapToLong(Told::revision).min().orElse(0));
  }

  private long compareHashes(FinalRound round, List<Violation> violations) {
    long compared = 0;
    for (List<Hash> group : groups(round, true)) {
      if (!isOneHash(group)) {
        violations.add(differentHashes(group));
      }
    }
    for (List<Hash> group : groups(round, false)) {
      compared += isOneHash(group) ? group.size() - 1 : 0;
    }
    return compared;
  }

  private static boolean isOneHash(List<Hash> group) {
    return group.stream().mapToLong(hash -> hash.answer().hash()).distinct().count() == 1;
  }

  private Violation differentHashes(List<Hash> group) {
    List<String> each =
        group.stream()
            .map(hash ->
                "%s has %08x (operation %d)"
                    .formatted(hash.member(), hash.answer().hash(), hash.operation().id()))
            .toList();
    Hash last = group.getLast();
    return new Violation(
        name(),
        "the stores differ at revision %d, compacted at %d: %s"
            .formatted(last.revision(), last.answer().compactRevision(), String.join(", ", each)),
        last.operation().end(),
        group.stream().map(hash -> hash.operation().id()).toList(),
        List.of(),
        group.stream().map(Hash::member).distinct().toList(),
        last.revision());
  }

  /** Hashes of the same data, by order of asking; {@code byVersion}: hashed the same way too. */
  private static List<List<Hash>> groups(FinalRound round, boolean byVersion) {
    Map<List<Object>, List<Hash>> groups = new HashMap<>();
    for (Hash hash : round.hashes()) {
      groups
          .computeIfAbsent(
              List.of(
                  hash.revision(),
                  hash.answer().compactRevision(),
                  byVersion ? round.version(hash.member()) : ""),
              unseen -> new ArrayList<>())
          .add(hash);
    }
    return groups.values().stream()
        .sorted(Comparator.comparingLong(group -> group.getFirst().operation().id()))
        .toList();
  }
}
