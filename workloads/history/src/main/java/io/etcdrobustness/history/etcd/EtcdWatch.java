package io.etcdrobustness.history.etcd;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One document of {@code watch.json}: a watch with its responses.
 *
 * <p>Times that are not recorded are chosen so that they accuse nobody. The watch is opened in the
 * moment of its first response: an earlier time would make its first event late. Only a watch from
 * "now" on is opened at 0, since every later time would make "now" a later revision. The client
 * closes the watch in the moment of the last response, so that nothing is missing after it.
 */
final class EtcdWatch {

  /** Where a range of all keys begins; no key is empty. */
  private static final String FIRST_KEY = "\0";

  private EtcdWatch() {}

  /** Whether the watch sees every key. */
  static boolean ofAllKeys(Watch.Opened opened) {
    return opened.key().equals(FIRST_KEY) && opened.rangeEnd().equals(ByteStrings.prefixEnd(""));
  }

  /** Whether an event of this document has the field that tells of creation. */
  static boolean tellsCreated(JsonObject document) throws HistoryFormatException {
    for (JsonObject response : document.objects("Responses")) {
      for (JsonObject event : response.objects("Events")) {
        if (event.has("IsCreate")) {
          return true;
        }
      }
    }
    return false;
  }

  static List<Watch> read(long id, int client, JsonObject document) throws HistoryFormatException {
    List<JsonObject> responses = document.objects("Responses");
    long first = responses.isEmpty() ? 0 : time(responses.getFirst());
    List<Watch> messages = new ArrayList<>();
    Watch.Opened opened = opened(id, client, document.object("Request"), first);
    messages.add(opened);
    long last = opened.time();
    boolean ended = false;
    for (JsonObject response : responses) {
      last = time(response);
      Watch message = message(id, response, last);
      ended = message instanceof Watch.Canceled || message instanceof Watch.Broken;
      messages.add(message);
    }
    if (!ended) {
      messages.add(new Watch.Closed(id, last));
    }
    return messages;
  }

  private static Watch.Opened opened(long id, int client, JsonObject request, long first)
      throws HistoryFormatException {
    String key = EtcdParts.bytes(request.textOrEmpty("Key"));
    boolean prefix = request.flag("WithPrefix");
    long revision = request.number("Revision", 0);
    return new Watch.Opened(
        id,
        client,
        "",
        prefix && key.isEmpty() ? FIRST_KEY : key,
        prefix ? ByteStrings.prefixEnd(key) : "",
        revision,
        request.flag("WithProgressNotify"),
        request.flag("WithPrevKV"),
        false,
        false,
        revision == 0 ? 0 : first);
  }

  private static long time(JsonObject response) throws HistoryFormatException {
    return response.number("Time", 0);
  }

  private static Watch message(long id, JsonObject response, long time)
      throws HistoryFormatException {
    Header header = Header.ofRevision(response.number("Revision", 0));
    String error = response.textOrEmpty("Error");
    List<Event> events = new ArrayList<>();
    for (JsonObject event : response.objects("Events")) {
      events.add(event(event));
    }
    if (!error.isEmpty()) {
      if (!events.isEmpty()) {
        throw response.error("Error", "expected no events beside it, found " + events.size());
      }
      return ended(id, header, EtcdParts.failure(error), time);
    }
    if (!events.isEmpty()) {
      return new Watch.Events(id, header, events, false, time);
    }
    // Go's client tells progress from creation by a flag that the suite records for progress only.
    return response.flag("IsProgressNotify")
        ? new Watch.Progress(id, header, time)
        : new Watch.Created(id, header, time);
  }

  /** The compact revision of a canceled watch is not recorded. */
  private static Watch ended(long id, Header header, Failure failure, long time) {
    return switch (failure.kind()) {
      case COMPACTED, FUTURE_REVISION -> new Watch.Canceled(id, header, 0, failure.message(), time);
      case LEASE_NOT_FOUND,
          LEASE_EXISTS,
          KEY_NOT_FOUND,
          INVALID_ARGUMENT,
          NO_SPACE,
          TOO_MANY_REQUESTS,
          CORRUPT,
          UNIMPLEMENTED,
          NOT_SENT,
          DEADLINE,
          OTHER ->
          new Watch.Broken(id, failure, time);
    };
  }

  private static Event event(JsonObject event) throws HistoryFormatException {
    String key = EtcdParts.bytes(event.text("Key"));
    long revision = event.number("Revision");
    Optional<JsonObject> previous = event.optionalObject("PrevValue");
    return new Event(
        type(event),
        new KeyValue(
            key,
            EtcdParts.value(event, "Value"),
            KeyValue.NOT_RECORDED,
            revision,
            KeyValue.NOT_RECORDED,
            KeyValue.NOT_RECORDED),
        previous.isPresent()
            ? Optional.of(EtcdParts.keyValue(key, previous.get()))
            : Optional.empty(),
        event.flag("IsCreate"));
  }

  private static Event.Type type(JsonObject event) throws HistoryFormatException {
    String type = event.text("Type");
    return switch (type) {
      case "put-operation" -> Event.Type.PUT;
      case "delete-operation" -> Event.Type.DELETE;
      default ->
          throw event.error(
              "Type", "expected put-operation or delete-operation, found \"" + type + "\"");
    };
  }
}
