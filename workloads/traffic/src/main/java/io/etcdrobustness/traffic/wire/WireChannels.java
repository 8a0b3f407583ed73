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
  private final List<WireChannel> channels = new ArrayList<>();

  /**
   * Channels to these members.
   *
   * @param scheduler on whose loop all calls are made and answered
   */
  public WireChannels(List<Endpoint> endpoints, Wire wire, Scheduler scheduler) {
    this.endpoints = List.copyOf(endpoints);
    this.wire = wire;
    this.scheduler = scheduler;
  }

  @Override
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  @Override
  public Opened open(List<Endpoint> to) {
    WireChannel channel =
        new WireChannel(to.stream().map(Endpoint::member).toList(), wire, scheduler);
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    channels.forEach(WireChannel::close);
    channels.clear();
  }
}
