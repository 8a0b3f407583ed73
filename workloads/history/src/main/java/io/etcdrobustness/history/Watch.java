package io.etcdrobustness.history;

/** What happened on watches, message by message, as it came off the wire. */
public sealed interface Watch extends Entry {

  /** Identifies one watch in the history: one create request on one stream. */
  long watch();

  /** When it happened; for what came from the server, when it had arrived. */
  long time();

  /**
   * A watch was asked for.
   *
   * @param client the stream's owner
   * @param member name of the member that it was sent to; empty where the client talks to all
   * @param rangeEnd see {@link ByteStrings#inRange}
   * @param startRevision the first revision to tell of; 0: from now on
   * @param progressNotify whether the server is to tell progress by itself
   * @param prevKv whether events are to hold the key as it was before
   * @param noPut leave out puts
   * @param noDelete leave out deletes
   */
  record Opened(
      long watch,
      int client,
      String member,
      String key,
      String rangeEnd,
      long startRevision,
      boolean progressNotify,
      boolean prevKv,
      boolean noPut,
      boolean noDelete,
      long time)
      implements Watch {}

  /** The server confirmed the watch. */
  record Created(long watch, Header header, long time) implements Watch {}

  /**
   * Events of one response.
   *
   * @param fragment whether more of the same response follows
   */
  record Events(
      long watch, Header header, java.util.List<Event> events, boolean fragment, long time)
      implements Watch {
    public Events {
      events = java.util.List.copyOf(events);
    }

    /** The highest revision of its events; 0 if it has none. */
    public long highest() {
      long highest = 0;
      for (int i = 0; i < events.size(); i++) {
        highest = Math.max(highest, events.get(i).revision());
      }
      return highest;
    }
  }

  /** A response without events: every event up to the header's revision has been delivered. */
  record Progress(long watch, Header header, long time) implements Watch {}

  /** The client asked the stream for a progress response. */
  record ProgressRequested(long watch, long time) implements Watch {}

  /**
   * The server ended the watch.
   *
   * @param compactRevision if not 0: the start revision had been compacted, this is the oldest one
   *     that may be asked for
   */
  record Canceled(long watch, Header header, long compactRevision, String reason, long time)
      implements Watch {}

  /** The stream broke. */
  record Broken(long watch, Failure failure, long time) implements Watch {}

  /** The client ended the watch. */
  record Closed(long watch, long time) implements Watch {}
}
