package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Proof;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A TCP proxy before a member's client port. */
public final class ClientProxy implements AutoCloseable {

  private static final int CONNECT_MILLIS = 2000;

  private final InetSocketAddress member;
  private final Link link;
  private final Listener listener;

  /**
   * Listens from now on.
   *
   * @param port of loopback; 0: any free one
   * @param member the client port that it stands before
   * @throws IOException if the port is taken
   */
  public ClientProxy(int port, InetSocketAddress member, Scheduler scheduler) throws IOException {
    this.member = member;
    this.link = new Link("clients", scheduler);
    this.listener = new Listener(Listener.loopback(port), this::serve);
  }

  private void serve(Socket client) {
    link.dialled();
    try {
      Socket far = new Socket();
      try {
        far.setTcpNoDelay(true);
        far.connect(member, CONNECT_MILLIS);
      } catch (IOException down) {
        far.close();
        // The member does not listen: its clients get what they would get from it, a refusal.
        client.setSoLinger(true, 0);
        client.close();
        return;
      }
      link.connect(client, far);
    } catch (IOException clientGone) {
      throw new IllegalStateException("a client's socket cannot be closed", clientGone);
    }
  }

  /** Where clients connect to. */
  public int port() {
    return listener.port();
  }

  /** Begins an effect on all connections; idempotent by {@code id}. */
  public void begin(String id, Effect effect) {
    link.begin(id, Half.BOTH, effect);
  }

  /** Ends an effect. */
  public Proof end(String id) {
    return link.end(id);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    link.close();
  }
}
