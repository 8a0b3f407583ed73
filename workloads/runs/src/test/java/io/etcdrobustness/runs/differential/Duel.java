package io.etcdrobustness.runs.differential;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.Fingerprint;
import io.etcdrobustness.checker.model.Matching;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model and a real etcd, which have had the same requests so far. */
final class Duel {

  private final RandomSource random;
  private final EtcdModel model;
  private final Store store;
  private final Dialect dialect;
  private final Header member;
  private final Exactly exactly;
  private final Onlooker onlooker;
  private final Tally tally;
  private final Map<Long, Long> ttls = new HashMap<>();

  /**
   * A duel that begins.
   *
   * @param member a header of the one member
   * @param random decides which requests the onlooker sees
   */
  Duel(EtcdModel model, Dialect dialect, Header member, RandomSource random, Tally tally) {
    this.random = random;
    this.model = model;
    this.store = model.store();
    this.dialect = dialect;
    this.member = member;
    this.exactly = new Exactly(dialect, member);
    this.onlooker = new Onlooker(store.revision());
    this.tally = tally;
  }

  /**
   * Lets the model do what etcd has done.
   *
   * @return where they differ, in words; nothing if they do not
   */
  Optional<String> differ(Request request, Outcome outcome) {
    return switch (request) {
      case Request.LeaseKeepAlive(long id) -> lease(request, id, outcome);
      case Request.LeaseTimeToLive(long id, boolean _) -> lease(request, id, outcome);
      case Request other -> step(other, outcome);
    };
  }

  private Optional<String> step(Request request, Outcome outcome) {
    Optional<Response> answer =
        outcome instanceof Outcome.Ok(Response response) ? Optional.of(response) : Optional.empty();
    // Only what nobody but etcd can know is told to the model.
    Optional<Response> told =
        request instanceof Request.LeaseGrant(long id, long _) && id == 0
            ? answer
            : Optional.empty();
    Fingerprint content = store.fingerprint();
    long before = store.revision();
    int mark = store.mark();
    Step revealed = model.execute(Exactly.revealing(request), told);
    store.undo(mark);
    if (!store.fingerprint().equals(content) || store.revision() != before) {
      return Optional.of("a step that was taken back left something behind");
    }
    Optional<Failure.Kind> reason =
        revealed instanceof Step.Refused(Failure.Kind newest)
            ? Optional.of(dialect.reason(model, request, newest))
            : Optional.empty();
    Optional<String> unbelieved = answer.flatMap(response -> unbelieved(request, response));
    answer.ifPresent(response -> judgeDamages(request, response));
    Step step = model.execute(request, told);
    return switch (outcome) {
      case Outcome.Failed(Failure failure) -> refused(request, failure, step, reason);
      case Outcome.Unknown(Failure failure) -> refused(request, failure, step, reason);
      case Outcome.Ok(Response response) ->
          step instanceof Step.Done done && revealed instanceof Step.Done all
              ? answered(request, response, done, all.response(), before).or(() -> unbelieved)
              : Optional.of("the model refuses it: " + step);
    };
  }

  /** What the judge, which tells the model the answer, has against it; the state stays. */
  private Optional<String> unbelieved(Request request, Response answer) {
    int mark = store.mark();
    Optional<String> difference =
        model.execute(request, Optional.of(answer)) instanceof Step.Done done
            ? Matching.difference(request, done.response(), answer)
            : Optional.of("an answer that must be refused");
    store.undo(mark);
    return difference.map("the judge does not accept it: "::concat);
  }

  private void judgeDamages(Request request, Response answer) {
    for (Damages.Damage damage : Damages.of(request, answer)) {
      tally.judged(damage.field(), unbelieved(request, damage.answer()).isPresent());
    }
  }

  private Optional<String> refused(
      Request request, Failure failure, Step step, Optional<Failure.Kind> reason) {
    if (!(step instanceof Step.Refused)) {
      return Optional.of("the model answers it: " + step);
    }
    tally.saw(request, failure.kind().name());
    return reason.filter(failure.kind()::equals).isPresent()
        ? Optional.empty()
        : Optional.of("the model says " + reason);
  }

  private Optional<String> answered(
      Request request, Response answer, Step.Done step, Response revealed, long before) {
    tally.saw(request, step.effective() ? "with effect" : "without effect");
    if (request instanceof Request.LeaseGrant(long _, long ttl)
        && answer instanceof Response.LeaseGranted granted) {
      if (granted.ttl() != ttl) {
        return Optional.of("ttl is %d, asked for was %d".formatted(granted.ttl(), ttl));
      }
      ttls.put(granted.id(), ttl);
    }
    return exactly
        .difference(request, step.response(), revealed, answer)
        .or(() ->
            step.effective() == answer.header().revision() > before
                ? Optional.empty()
                : Optional.of("by the model its effect is " + step.effective()))
        .or(() ->
            random.chance(0.5)
                ? onlooker
                    .see(request, answer, before)
                    .map("an onlooker does not believe it: "::concat)
                : Optional.empty());
  }

  /** The model has no opinion on these, but its store knows which leases live with which keys. */
  private Optional<String> lease(Request request, long id, Outcome outcome) {
    if (!(outcome instanceof Outcome.Ok(Response response))) {
      return Optional.of("it has no answer");
    }
    boolean lives = store.leaseLives(id);
    tally.saw(request, lives ? "of a lease" : "of no lease");
    long ttl = lives ? ttls.getOrDefault(id, 0L) : 0;
    Header header =
        new Header(member.clusterId(), member.memberId(), store.revision(), member.raftTerm());
    Response expected =
        switch (request) {
          case Request.LeaseTimeToLive asked when response instanceof Response.LeaseTtl left ->
              new Response.LeaseTtl(
                  header,
                  id,
                  // Time passes, but these leases last for hours.
                  lives && left.ttl() > ttl / 2 && left.ttl() <= ttl ? left.ttl() : -1,
                  ttl,
                  lives && asked.keys() ? store.attached(id) : List.of());
          case Request any -> new Response.LeaseKeptAlive(header, id, ttl);
        };
    Response actual =
        response instanceof Response.LeaseTtl left
            ? new Response.LeaseTtl(
                left.header(),
                left.id(),
                left.ttl(),
                left.grantedTtl(),
                left.keys().stream().sorted().toList())
            : response;
    return actual.equals(expected) ? Optional.empty() : Optional.of("it must be " + expected);
  }
}
