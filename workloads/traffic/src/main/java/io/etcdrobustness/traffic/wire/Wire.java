package io.etcdrobustness.traffic.wire;

/** Carries bytes to members and back. All of it happens on the loop. */
public interface Wire {

  /**
   * Begins to connect to a member.
   *
   * @param listener is told what comes of it; never within this call
   */
  Connection connect(String member, Listener listener);

  /** One connection, as long as it lasts. */
  interface Connection {

    /** Sends bytes, in order; they are lost if the connection is. */
    void send(byte[] bytes);

    /** Ends it; the listener hears nothing more. */
    void close();
  }

  /** Hears of one connection. */
  interface Listener {

    /** It is there. */
    void connected();

    /** Bytes came. */
    void received(byte[] bytes);

    /**
     * It is gone, or did not come about. The last that is heard.
     *
     * @param why in words
     */
    void closed(String why);
  }
}
