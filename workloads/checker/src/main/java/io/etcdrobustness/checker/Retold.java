package io.etcdrobustness.checker;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The history of a lone member that executed refused txns when it replayed its log (etcd #18667).
 *
 * <p>etcd takes the reads out of a txn for whose answer nobody waits ({@code
 * removeNeedlessRangeReqs} in {@code apply.go}), and so nobody refuses it for reading what is
 * compacted. A lone member that is killed replays the last part of its log in this way: a txn that
 * it had refused is executed then, and all later revisions are one higher than what was
 * acknowledged. Each life of the member by itself is sound, and so is the whole, told as the log
 * has it. That is what is looked at:
 *
 * <ol>
 *   <li>A txn that was refused as compacted took effect if a value that it alone puts is seen after
 *       a crash. Its revision is that of the value.
 *   <li>Each life before such a crash must keep the promise by itself.
 *   <li>So must the history with these txns executed at their revisions and all later revisions of
 *       the lives before counted anew. There, plain puts are held to their new revisions; other
 *       writes may find another store than they had found, so they may have had any effect; what
 *       was read of the revisions that are counted anew tells nothing of the log.
 *   <li>No revision that was acknowledged, counted anew, is made again.
 * </ol>
 *
 * <p>An effect that nobody sees, such as that of a delete, is not recognised: it stays a violation.
 */
final class Retold {

  private static final Failure REPLAYED =
      new Failure(Failure.Kind.OTHER, "UNKNOWN", "executed again when the log was replayed");

  private final History history;
  private final List<Executed> executed;

  /**
   * A refused txn that took effect.
   *
   * @param revision that it made, as the log has it
   * @param crash when the life ended after which it did
   */
  private record Executed(Operation txn, long revision, long crash) {}

  Retold(History history) {
    this.history = history;
    List<Long> crashes =
        history.memberEvents().stream()
            .filter(event -> event.kind() == MemberEvent.Kind.EXITED)
            .map(MemberEvent::time)
            .sorted()
            .toList();
    List<Operation> refused =
        history.facts().uniqueValues()
            ? history.operations().stream().filter(Retold::wasRefused).toList()
            : List.of();
    List<Sighting> sightings = refused.isEmpty() ? List.of() : sightings(history);
    this.executed =
        refused.stream()
            .flatMap(txn -> executed(txn, sightings, crashes).stream())
            .sorted(Comparator.comparingLong(Executed::revision))
            .toList();
  }

  /** Whether this explains every violation of {@code property}. */
  boolean explains(Property property, BudgetFactory budgets) {
    if (executed.isEmpty()) {
      return false;
    }
    List<Long> crashes = executed.stream().map(Executed::crash).distinct().sorted().toList();
    long last = crashes.getLast();
    return crashes.stream().allMatch(this::nothingIsMadeAgain)
        && crashes.stream().allMatch(crash -> keeps(told(crash - 1, crash), property, budgets))
        && keeps(told(last, Long.MAX_VALUE), property, budgets);
  }

  private static boolean keeps(History told, Property property, BudgetFactory budgets) {
    return switch (property.judge(new Evidence(told), budgets.begin(property)).status()) {
      case HOLDS, NOT_EXERCISED -> true;
      case VIOLATED, KNOWN, UNDECIDED, EXCLUDED -> false;
    };
  }

  private static boolean wasRefused(Operation operation) {
    // Whoever recorded it may have known of this bug, and left open whether it took effect.
    return operation.request() instanceof Request.Txn
        && switch (operation.outcome()) {
          case Outcome.Ok _ -> false;
          case Outcome.Failed(Failure failure) -> failure.kind() == Failure.Kind.COMPACTED;
          case Outcome.Unknown(Failure failure) -> failure.kind() == Failure.Kind.COMPACTED;
        };
  }

  private static Optional<Executed> executed(
      Operation txn, List<Sighting> sightings, List<Long> crashes) {
    return sightings.stream()
        .filter(seen -> requests((Request.Txn) txn.request()).anyMatch(seen::isOf))
        .findFirst()
        .flatMap(seen ->
            crashes.stream()
                .filter(crash -> crash > txn.end() && crash < seen.time())
                .reduce((_, last) -> last)
                .map(crash -> new Executed(txn, seen.kv().modRevision(), crash)));
  }

  private static Stream<Request.InTxn> requests(Request.Txn txn) {
    return Stream.concat(txn.success().stream(), txn.failure().stream());
  }

  // ---- what was seen ----

  /** A key as it was found, at the earliest at this time. */
  private record Sighting(long time, KeyValue kv) {
    boolean isOf(Request.InTxn request) {
      return request instanceof Request.Put put
          && !put.ignoreValue()
          && put.key().equals(kv.key())
          && put.value().equals(kv.value());
    }
  }

  private static List<Sighting> sightings(History history) {
    Stream<Sighting> answers =
        history.operations().stream()
            .flatMap(operation ->
                operation.outcome() instanceof Outcome.Ok(Response response)
                    ? keyValues(response).map(kv -> new Sighting(operation.call(), kv))
                    : Stream.empty());
    Stream<Sighting> events =
        history.watches().stream()
            .flatMap(message ->
                message instanceof Watch.Events told
                    ? told.events().stream().map(event -> new Sighting(told.time(), event.kv()))
                    : Stream.empty());
    return Stream.concat(answers, events).sorted(Comparator.comparingLong(Sighting::time)).toList();
  }

  private static Stream<KeyValue> keyValues(Response response) {
    return switch (response) {
      case Response.Ranged ranged -> ranged.kvs().stream();
      case Response.PutDone put -> put.previous().stream();
      case Response.Deleted deleted -> deleted.previous().stream();
      case Response.TxnDone txn -> txn.responses().stream().flatMap(Retold::keyValues);
      default -> Stream.empty();
    };
  }

  // ---- how it is told ----

  /** A revision of a life that ended by {@code end}, as the log has it after {@code crash}. */
  private long anew(long revision, long end, long crash) {
    long counted = revision;
    for (Executed one : executed) {
      if (end < one.crash() && one.crash() <= crash && counted >= one.revision()) {
        counted++;
      }
    }
    return counted;
  }

  /** What happened up to {@code until}, with what was executed by {@code crash} counted in. */
  private History told(long crash, long until) {
    List<Entry> entries = new ArrayList<>();
    for (Operation operation : history.operations()) {
      if (operation.call() < until) {
        Operation known = operation.end() < until ? operation : open(operation);
        told(known, crash).ifPresent(entries::add);
      }
    }
    long last =
        executed.stream()
            .mapToLong(Executed::crash)
            .filter(one -> one <= crash)
            .max()
            .orElse(Long.MIN_VALUE);
    Set<Long> before = new HashSet<>();
    for (Watch message : history.watches()) {
      if (message instanceof Watch.Opened opened && opened.time() <= last) {
        before.add(opened.watch());
      }
      if (message.time() < until && !before.contains(message.watch())) {
        entries.add(message);
      }
    }
    return history.with(entries);
  }

  private static Operation open(Operation operation) {
    return operation.withOutcome(new Outcome.Unknown(REPLAYED));
  }

  private Optional<Operation> told(Operation operation, long crash) {
    for (Executed one : executed) {
      if (one.txn().id() == operation.id() && one.crash() <= crash) {
        return Optional.of(open(asked(operation, withoutReads((Request.Txn) operation.request()))));
      }
    }
    boolean before =
        executed.stream().anyMatch(one -> one.crash() <= crash && operation.end() < one.crash());
    if (!before) {
      return Optional.of(operation);
    }
    return switch (operation.outcome()) {
      case Outcome.Unknown _ -> Optional.of(operation);
      case Outcome.Failed _ -> Optional.empty();
      case Outcome.Ok(Response response) -> {
        long revision = response.header().revision();
        long counted = anew(revision, operation.end(), crash);
        yield counted == revision ? Optional.of(operation) : again(operation, response, counted);
      }
    };
  }

  private static Optional<Operation> again(Operation operation, Response response, long counted) {
    Header was = response.header();
    Header header = new Header(was.clusterId(), was.memberId(), counted, was.raftTerm());
    return switch (operation.request()) {
      case Request.Put put when response instanceof Response.PutDone -> {
        Request.Put plain =
            new Request.Put(
                put.key(), put.value(), put.lease(), false, put.ignoreValue(), put.ignoreLease());
        yield Optional.of(
            asked(operation, plain)
                .withOutcome(new Outcome.Ok(new Response.PutDone(header, Optional.empty()))));
      }
      case Request.Compact _ ->
          Optional.of(operation.withOutcome(new Outcome.Ok(new Response.Compacted(header))));
      case Request.LeaseGrant _ when response instanceof Response.LeaseGranted granted ->
          Optional.of(
              operation.withOutcome(
                  new Outcome.Ok(new Response.LeaseGranted(header, granted.id(), granted.ttl()))));
      case Request.Txn txn -> writes(txn) ? Optional.of(open(operation)) : Optional.empty();
      case Request.DeleteRange _, Request.LeaseRevoke _, Request.Lock _, Request.Unlock _ ->
          Optional.of(open(operation));
      default -> Optional.empty();
    };
  }

  private static Operation asked(Operation operation, Request request) {
    return new Operation(
        operation.id(),
        operation.client(),
        operation.member(),
        request,
        operation.call(),
        operation.end(),
        operation.outcome());
  }

  /** As etcd does it: those inside a nested txn stay. */
  private static Request.Txn withoutReads(Request.Txn txn) {
    return new Request.Txn(
        txn.compares(), withoutReads(txn.success()), withoutReads(txn.failure()));
  }

  private static List<Request.InTxn> withoutReads(List<Request.InTxn> branch) {
    return branch.stream().filter(request -> !(request instanceof Request.Range)).toList();
  }

  private static boolean writes(Request.Txn txn) {
    return requests(txn)
        .anyMatch(request ->
            switch (request) {
              case Request.Put _, Request.DeleteRange _ -> true;
              case Request.Txn inner -> writes(inner);
              case Request.Range _ -> false;
            });
  }

  /** Whether each answer of the life after a crash tells of all that was acknowledged before. */
  private boolean nothingIsMadeAgain(long crash) {
    long next =
        executed.stream()
            .mapToLong(Executed::crash)
            .filter(other -> other > crash)
            .min()
            .orElse(Long.MAX_VALUE);
    long acknowledged =
        history.operations().stream()
            .filter(operation -> operation.end() < crash && isOfTheNewest(operation))
            .mapToLong(operation -> anew(revision(operation), operation.end(), crash))
            .max()
            .orElse(0);
    return history.operations().stream()
        .filter(operation -> operation.call() > crash && operation.end() < next)
        .filter(Retold::isOfTheNewest)
        .allMatch(operation -> revision(operation) >= acknowledged);
  }

  private static boolean isOfTheNewest(Operation operation) {
    return operation.outcome() instanceof Outcome.Ok(Response response)
        && response.header().revision() > 0
        && switch (operation.request()) {
          case Request.Put _, Request.DeleteRange _, Request.Txn _ -> true;
          case Request.Range range -> !range.serializable();
          default -> false;
        };
  }

  private static long revision(Operation operation) {
    return ((Outcome.Ok) operation.outcome()).response().header().revision();
  }
}
