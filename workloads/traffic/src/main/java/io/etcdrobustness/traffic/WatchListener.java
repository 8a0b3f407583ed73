package io.etcdrobustness.traffic;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import java.util.List;

/** Is told what a watch stream brings, message by message, as it came off the wire. */
public interface WatchListener {

  /** The watch exists. */
  void created(long tag, Header header);

  /** A response with events. */
  void events(long tag, Header header, List<Event> events, boolean fragment);

  /** A response without events for one watch. */
  void progress(long tag, Header header);

  /**
   * A response without events for all watches of the stream (watch id -1, etcd 3.5.8 and later).
   */
  void progressOfAll(Header header);

  /** The server ended the watch, or refused it. */
  void canceled(long tag, Header header, long compactRevision, String reason);

  /** The stream ended; nothing follows. */
  void broken(Failure failure);
}
