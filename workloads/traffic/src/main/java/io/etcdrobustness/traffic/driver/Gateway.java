package io.etcdrobustness.traffic.driver;

/** How the streams of a run reach etcd. */
public interface Gateway {

  /**
   * The requests of a client.
   *
   * @param client its number in the history
   * @param member name of the member to send them to; empty: any of them
   */
  RequestSink requests(int client, String member);

  /** The watches of a client; parameters as of {@link #requests}. */
  WatchSink watches(int client, String member);
}
