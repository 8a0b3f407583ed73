package io.etcdrobustness.traffic.wire;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.grpc.Channels;
import java.util.ArrayList;
import java.util.List;

/** Channels over a {@link Wire}. */
public final class WireChannels implements Channels {

  private final List<Endpoint> endpoints;
  private final Wire wire;
  private final Scheduler scheduler;
  private final Witness witness;
  private final List<WireChannel> channels = new ArrayList<>();

  /** Is told of answers in the moment in which they are there. */
  @FunctionalInterface
  public interface Witness {

    /**
     * A member has done what a call asked for, and has said so.
     *
     * @param request the last message that was sent to it
     */
    void answered(String member, Object request);
  }

  /** Channels to these members whose answers nobody else wants to hear of. */
  public WireChannels(List<Endpoint> endpoints, Wire wire, Scheduler scheduler) {
    this(endpoints, wire, scheduler, (member, request) -> {});
  }

  /**
   * Channels to these members.
   *
   * @param scheduler on whose loop all calls are made and answered
   * @param witness is told of each call that succeeded
   */
  public WireChannels(List<Endpoint> endpoints, Wire wire, Scheduler scheduler, Witness witness) {
    this.endpoints = List.copyOf(endpoints);
    this.wire = wire;
    this.scheduler = scheduler;
    this.witness = witness;
  }

  @Override
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  @Override
  public Opened open(List<Endpoint> to) {
    WireChannel channel =
        new WireChannel(to.stream().map(Endpoint::member).toList(), wire, scheduler, witness);
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    channels.forEach(WireChannel::close);
    channels.clear();
  }
}
