package io.etcdrobustness.traffic.wire;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.traffic.grpc.Channels;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives each call to the next member that is connected. As gRPC does it for calls that do not wait:
 * a call is held back while a first connection is under way, and fails at once while every member
 * was found out of reach.
 */
final class WireChannel extends Channel implements Channels.Opened {

  private final List<Peer> peers;
  private final Scheduler scheduler;
  private final WireChannels.Witness witness;
  private final List<WireCall<?, ?>> waiting = new ArrayList<>();
  private int turn;
  private boolean closed;

  WireChannel(List<String> members, Wire wire, Scheduler scheduler, WireChannels.Witness witness) {
    this.scheduler = scheduler;
    this.witness = witness;
    this.peers =
        members.stream().map(member -> new Peer(member, wire, scheduler, this::moved)).toList();
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return new WireCall<>(method, options, this, scheduler);
  }

  @Override
  public String authority() {
    return peers.getFirst().member();
  }

  /** A call that has been started wants a connection. */
  void begin(WireCall<?, ?> call) {
    if (closed) {
      call.end(Status.UNAVAILABLE.withDescription("the channel is closed"));
      return;
    }
    peers.forEach(Peer::connect);
    waiting.add(call);
    moved();
  }

  /** A member has answered a call that succeeded. */
  void answered(String member, Object request) {
    witness.answered(member, request);
  }

  /** A call has ended; it may still have been waiting. */
  void forget(WireCall<?, ?> call) {
    waiting.remove(call);
  }

  /**
   * Something has changed: gives the calls that wait what there is now. Whoever is told of a call's
   * end may begin another one at once, and so be here again: a call is taken off the list before
   * anybody is told, and each time the list is looked at anew.
   */
  private void moved() {
    while (!waiting.isEmpty()) {
      Optional<Session> session = next();
      if (session.isPresent()) {
        waiting.removeFirst().over(session.get());
      } else if (peers.stream().allMatch(peer -> peer.state() == Peer.State.OUT_OF_REACH)) {
        waiting.removeFirst().end(Status.UNAVAILABLE.withDescription(peers.getFirst().trouble()));
      } else {
        return;
      }
    }
  }

  private Optional<Session> next() {
    for (int i = 0; i < peers.size(); i++) {
      Optional<Session> session = peers.get((turn + i) % peers.size()).session();
      if (session.isPresent()) {
        turn = (turn + i + 1) % peers.size();
        return session;
      }
    }
    return Optional.empty();
  }

  @Override
  public Channel channel() {
    return this;
  }

  @Override
  public void connectSoon() {
    peers.forEach(Peer::connectSoon);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    peers.forEach(Peer::close);
    List.copyOf(waiting)
        .forEach(call -> call.end(Status.UNAVAILABLE.withDescription("the channel is closed")));
    waiting.clear();
  }
}
