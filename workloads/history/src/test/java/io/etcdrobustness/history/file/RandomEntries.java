package io.etcdrobustness.history.file;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Entries of every kind with any content, sensible or not. */
public final class RandomEntries {

  private final RandomSource random;

  /** Drawn from {@code random}. */
  public RandomEntries(RandomSource random) {
    this.random = random;
  }

  /** Any facts. */
  public History.Facts facts() {
    return new History.Facts(random.pick(List.of(History.Start.values())), flag(), flag(), flag());
  }

  /** So many entries. */
  public List<Entry> entries(int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry(i));
    }
    return entries;
  }

  private Entry entry(int id) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2, 3 ->
          new Operation(
              id, (int) random.between(-3, 40), text(), request(3), number(), number(), outcome());
      case 4, 5 -> watch();
      case 6 ->
          flag()
              ? new FaultWindow(
                  text(),
                  text(),
                  text(),
                  list(this::text),
                  text(),
                  number(),
                  flag() ? Long.MAX_VALUE : number(),
                  constant(FaultWindow.Result.class),
                  text())
              : new Phase(constant(Phase.Name.class), number());
      default ->
          new MemberEvent(
              text(),
              constant(MemberEvent.Kind.class),
              number(),
              number(),
              text(),
              flag(),
              number());
    };
  }

  Request request(int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 15)) {
      case 0 ->
          new Request.Range(
              bytes(),
              bytes(),
              number(),
              number(),
              constant(Request.SortOrder.class),
              constant(Request.SortTarget.class),
              flag(),
              flag(),
              flag(),
              number(),
              number(),
              number(),
              number());
      case 1 -> new Request.Put(bytes(), bytes(), number(), flag(), flag(), flag());
      case 2 -> new Request.DeleteRange(bytes(), bytes(), flag());
      case 3 -> new Request.Compact(number(), flag());
      case 4 -> new Request.LeaseGrant(number(), number());
      case 5 -> new Request.LeaseRevoke(number());
      case 6 -> new Request.LeaseKeepAlive(number());
      case 7 -> new Request.LeaseTimeToLive(number(), flag());
      case 8 -> new Request.Lock(bytes(), number());
      case 9 -> new Request.Unlock(bytes());
      case 10 -> new Request.Status();
      case 11 -> new Request.HashKv(number());
      case 12 -> new Request.Defragment();
      case 13 -> new Request.AlarmList();
      default ->
          new Request.Txn(
              list(this::compare),
              list(() -> requestInTxn(depth - 1)),
              list(() -> requestInTxn(depth - 1)));
    };
  }

  private Request.InTxn requestInTxn(int depth) {
    while (true) {
      if (request(depth) instanceof Request.InTxn request) {
        return request;
      }
    }
  }

  private Compare compare() {
    Compare.Operand operand =
        switch (random.nextInt(5)) {
          case 0 -> new Compare.Version(number());
          case 1 -> new Compare.CreateRevision(number());
          case 2 -> new Compare.ModRevision(number());
          case 3 -> new Compare.Value(bytes());
          default -> new Compare.Lease(number());
        };
    return new Compare(bytes(), bytes(), constant(Compare.Relation.class), operand);
  }

  private Outcome outcome() {
    return switch (random.nextInt(4)) {
      case 0 -> new Outcome.Failed(failure());
      case 1 -> new Outcome.Unknown(failure());
      default -> new Outcome.Ok(response(3));
    };
  }

  Response response(int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 15)) {
      case 0 -> new Response.Ranged(header(), list(this::keyValue), number(), flag());
      case 1 -> new Response.PutDone(header(), optional(this::keyValue));
      case 2 -> new Response.Deleted(header(), number(), list(this::keyValue));
      case 3 -> new Response.Compacted(header());
      case 4 -> new Response.LeaseGranted(header(), number(), number());
      case 5 -> new Response.LeaseRevoked(header());
      case 6 -> new Response.LeaseKeptAlive(header(), number(), number());
      case 7 -> new Response.LeaseTtl(header(), number(), number(), number(), list(this::bytes));
      case 8 -> new Response.Locked(header(), bytes());
      case 9 -> new Response.Unlocked(header());
      case 10 ->
          new Response.MemberStatus(
              header(),
              text(),
              number(),
              number(),
              number(),
              number(),
              number(),
              flag(),
              list(this::text));
      case 11 -> new Response.KvHash(header(), number(), number(), number());
      case 12 -> new Response.Defragmented(header());
      case 13 -> new Response.Alarms(header(), list(this::text));
      default -> new Response.TxnDone(header(), flag(), list(() -> responseInTxn(depth - 1)));
    };
  }

  private Response.InTxn responseInTxn(int depth) {
    while (true) {
      if (response(depth) instanceof Response.InTxn response) {
        return response;
      }
    }
  }

  private Watch watch() {
    long id = number();
    long time = number();
    return switch (random.nextInt(8)) {
      case 0 ->
          new Watch.Opened(
              id, 3, text(), bytes(), bytes(), number(), flag(), flag(), flag(), flag(), time);
      case 1 -> new Watch.Created(id, header(), time);
      case 2 -> new Watch.Progress(id, header(), time);
      case 3 -> new Watch.ProgressRequested(id, time);
      case 4 -> new Watch.Canceled(id, header(), number(), text(), time);
      case 5 -> new Watch.Broken(id, failure(), time);
      case 6 -> new Watch.Closed(id, time);
      default ->
          new Watch.Events(
              id,
              header(),
              list(() ->
                  new Event(
                      constant(Event.Type.class), keyValue(), optional(this::keyValue), flag())),
              flag(),
              time);
    };
  }

  private KeyValue keyValue() {
    return new KeyValue(bytes(), bytes(), number(), number(), number(), number());
  }

  private Failure failure() {
    return new Failure(constant(Failure.Kind.class), text(), text());
  }

  private Header header() {
    return new Header(number(), number(), number(), number());
  }

  private boolean flag() {
    return random.chance(0.5);
  }

  private long number() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> random.pick(List.of(Long.MIN_VALUE, Long.MAX_VALUE));
      case 3 -> random.nextLong();
      default -> random.between(1, 1000);
    };
  }

  private String bytes() {
    return string(0xff);
  }

  private String text() {
    return string(random.chance(0.1) ? 0xffff : 0x7f);
  }

  private String string(int highest) {
    StringBuilder result = new StringBuilder();
    for (long i = random.between(0, 12); i > 0; i--) {
      result.append((char) random.between(0, highest));
    }
    return result.toString();
  }

  private <E extends Enum<E>> E constant(Class<E> type) {
    return random.pick(List.of(type.getEnumConstants()));
  }

  private <T> Optional<T> optional(Supplier<T> item) {
    return flag() ? Optional.of(item.get()) : Optional.empty();
  }

  private <T> List<T> list(Supplier<? extends T> item) {
    List<T> items = new ArrayList<>();
    for (long i = random.between(0, 3); i > 0; i--) {
      items.add(item.get());
    }
    return items;
  }
}
