package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.traffic.WatchListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Keeps what a watch stream told, each call as one line. */
final class ToldListener implements WatchListener {

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /** The next line, waited for. */
  String next() throws InterruptedException {
    String line = lines.poll(60, TimeUnit.SECONDS);
    assertThat(line).as("something told by the watch stream").isNotNull();
    return line;
  }

  boolean isSilent() {
    return lines.isEmpty();
  }

  @Override
  public void created(long tag, Header header) {
    lines.add("created " + tag + at(header));
  }

  @Override
  public void events(long tag, Header header, List<Event> events, boolean fragment) {
    lines.add(
        "events "
            + tag
            + at(header)
            + events.stream().map(ToldListener::line).collect(Collectors.joining(", ", " [", "]"))
            + (fragment ? " fragment" : ""));
  }

  private static String line(Event event) {
    return event.type()
        + " "
        + event.kv().key()
        + "@"
        + event.revision()
        + (event.created() ? " created" : "")
        + event.previous().map(previous -> " was " + previous.value()).orElse("");
  }

  @Override
  public void progress(long tag, Header header) {
    lines.add("progress " + tag + at(header));
  }

  @Override
  public void progressOfAll(Header header) {
    lines.add("progress of all" + at(header));
  }

  @Override
  public void canceled(long tag, Header header, long compactRevision, String reason) {
    lines.add("canceled " + tag + at(header) + " compact " + compactRevision + " " + reason);
  }

  @Override
  public void broken(Failure failure) {
    lines.add("broken " + failure.kind() + " " + failure.code() + " " + failure.message());
  }

  private static String at(Header header) {
    return " @" + header.revision();
  }
}
