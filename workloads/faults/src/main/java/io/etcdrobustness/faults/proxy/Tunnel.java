package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.faults.Agent.Half;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One connection through a proxy: the dialler's half, the target's half and a pipe each way.
 *
 * <p>States: <em>parked</em> (the link refuses dials) → <em>dialling</em> → <em>connected</em> →
 * <em>closed</em>. A dialler that gives up before it is connected closes it.
 */
final class Tunnel {

  /** How the dialler learns whether its dial succeeded. */
  interface Greeting {

    /** The target is connected; what to tell the dialler goes into {@code answers}. */
    void connected(Pipe answers);

    /** The target cannot be reached: tell the dialler, and close. */
    void unreachable(Channel dialler, Throwable why);
  }

  private final ProxyLoop loop;
  private final ProxiedLink link;
  private final Route route;
  private final Greeting greeting;
  private final Channel dialler;
  private final Pipe outbound;
  private final Pipe inbound;
  private Optional<Channel> target = Optional.empty();
  private boolean dialling;
  private boolean closed;

  Tunnel(ProxyLoop loop, ProxiedLink link, Route route, Greeting greeting, Channel dialler) {
    this.loop = loop;
    this.link = link;
    this.route = route;
    this.greeting = greeting;
    this.dialler = dialler;
    this.outbound = new Pipe(loop, link, Way.OUTBOUND, this);
    this.inbound = new Pipe(loop, link, Way.INBOUND, this);
    outbound.source(dialler);
    inbound.sink(dialler);
  }

  /** Takes the dialler's connection over: dials, or waits until the link lets dials through. */
  void open() {
    if (closed) {
      return;
    }
    link.dialled(this);
    if (link.refusesDials()) {
      link.dialWithheld();
    }
    dialUnlessRefused();
  }

  /** The handler of the dialler's channel from now on. */
  Side diallerSide() {
    return new Side(outbound, inbound);
  }

  void gatesChanged() {
    if (outbound.mustReset() || inbound.mustReset()) {
      reset();
      return;
    }
    outbound.gateChanged();
    inbound.gateChanged();
    dialUnlessRefused();
  }

  long deliverHeld(Half half) {
    long bytes = 0;
    if (Way.OUTBOUND.coveredBy(half)) {
      bytes += outbound.deliverHeld();
    }
    if (Way.INBOUND.coveredBy(half)) {
      bytes += inbound.deliverHeld();
    }
    return bytes;
  }

  void halfFinished() {
    if (outbound.drained() && inbound.drained()) {
      close(Tunnel::closeChannel);
    }
  }

  /**
   * Tears both connections down with a RST.
   *
   * @return whether it was connected
   */
  boolean reset() {
    boolean wasConnected = !closed && target.isPresent();
    close(Tunnel::resetChannel);
    return wasConnected;
  }

  /** Closes with a RST instead of a FIN: what is unsent is lost, as the other side shall see. */
  static void resetChannel(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var _ = channel.close();
    }
  }

  private static void closeChannel(Channel channel) {
    var _ = channel.close();
  }

  private void dialUnlessRefused() {
    if (closed || dialling || target.isPresent() || link.refusesDials()) {
      return;
    }
    dialling = true;
    loop.dial(route, channel -> new Side(inbound, outbound), this::connected, this::unreachable);
  }

  private void connected(Channel channel) {
    dialling = false;
    if (closed) {
      resetChannel(channel);
      return;
    }
    if (link.refusesDials()) {
      // A fault began during the handshake: it does not come to an end.
      resetChannel(channel);
      link.dialWithheld();
      return;
    }
    target = Optional.of(channel);
    link.connected();
    inbound.source(channel);
    outbound.sink(channel);
    greeting.connected(inbound);
    outbound.pump();
    inbound.pump();
  }

  private void unreachable(Throwable why) {
    dialling = false;
    if (!closed) {
      closed = true;
      link.closed(this);
      outbound.discard();
      inbound.discard();
      greeting.unreachable(dialler, why);
    }
  }

  private void close(Consumer<Channel> how) {
    if (!closed) {
      closed = true;
      link.closed(this);
      outbound.discard();
      inbound.discard();
      how.accept(dialler);
      target.ifPresent(how);
    }
  }

  /** One of the two channels: what it sends goes into one pipe, what it is sent comes from one. */
  final class Side extends ChannelInboundHandlerAdapter {

    private final Pipe sent;
    private final Pipe received;

    private Side(Pipe sent, Pipe received) {
      this.sent = sent;
      this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      if (closed || sent.finished() || !bytes.isReadable()) {
        bytes.release();
      } else {
        sent.data(bytes, false);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (closed || event != ChannelInputShutdownEvent.INSTANCE) {
        return;
      }
      if (target.isEmpty()) {
        // It gave up waiting.
        close(Tunnel::closeChannel);
      } else {
        sent.end();
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (!closed) {
        received.pump();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      boolean ofTarget = target.filter(channel -> channel == context.channel()).isPresent();
      if (closed || (!ofTarget && context.channel() != dialler)) {
        return;
      }
      if (target.isEmpty()) {
        reset();
      } else {
        sent.broken();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Whatever broke the connection, the other side is to see it broken: channelInactive follows.
      resetChannel(context.channel());
    }
  }
}
