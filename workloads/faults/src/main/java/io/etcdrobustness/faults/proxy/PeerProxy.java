package io.etcdrobustness.faults.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The HTTP proxy through which one member dials its peers, by {@code CONNECT}.
 *
 * <p>Only the destinations of its table are reached, under whatever name the member uses for them;
 * all others are answered 403 and reported, since a connection past the faults would make a
 * partition a lie.
 */
public final class PeerProxy implements AutoCloseable {

  private static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

  private final ProxyLoop loop;
  private final Map<String, Route> routes = new LinkedHashMap<>();
  private final Map<String, ProxiedLink> links = new LinkedHashMap<>();
  private final Consumer<String> onRefused;
  private final Channel listener;

  /**
   * Listens.
   *
   * @param address to listen on; port 0 draws one
   * @param routes the peers
   * @param onRefused is told, on the loop, in words, of every request that was refused
   * @throws IOException if the address is taken
   */
  public PeerProxy(
      ProxyLoop loop, InetSocketAddress address, List<Route> routes, Consumer<String> onRefused)
      throws IOException {
    this.loop = loop;
    this.onRefused = onRefused;
    for (Route route : routes) {
      this.routes.put(route.authority().toLowerCase(Locale.ROOT), route);
      links.computeIfAbsent(route.peer(), peer -> new ProxiedLink("the link to " + peer, loop));
    }
    this.listener = loop.listen(address, channel -> new Head());
  }

  /** Where it listens: the value of {@code HTTPS_PROXY} is {@code http://} and this. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /**
   * What a member's environment must hold so that it dials every peer through this proxy and none
   * past it. Go takes the first of {@code NO_PROXY} and {@code no_proxy} that is not empty, so both
   * are emptied, whatever this process has inherited. Go never uses a proxy for loopback
   * destinations: peers need names, see the routes.
   */
  public Map<String, String> environment() {
    return Map.of(
        "HTTPS_PROXY",
        "http://" + NetUtil.toSocketAddressString(address()),
        "NO_PROXY",
        "",
        "no_proxy",
        "");
  }

  /** Names of the peers that can be reached through it. */
  public Set<String> peers() {
    return Set.copyOf(links.keySet());
  }

  /** The link to {@code peer}; empty if no route leads there. */
  public Optional<ProxiedLink> link(String peer) {
    return Optional.ofNullable(links.get(peer));
  }

  /** Listens no more; connections that exist go on until the loop ends. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private static void answerAndClose(Channel channel, String status) {
    channel
        .writeAndFlush(
            ascii("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** Reads a request's head, then hands the connection over to a tunnel. */
  private final class Head extends ChannelInboundHandlerAdapter {

    private final ByteBuf head = Unpooled.buffer(512, ConnectRequest.LONGEST_HEAD + (64 << 10));
    private boolean answered;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      try {
        if (answered) {
          return;
        }
        head.writeBytes(bytes);
      } finally {
        bytes.release();
      }
      int end = endOfHead();
      if (end >= 0) {
        answered = true;
        String text = head.readSlice(end).toString(StandardCharsets.US_ASCII);
        switch (ConnectRequest.parse(text)) {
          case ConnectRequest.Connect connect -> connect(context, connect.authority());
          case ConnectRequest.Refused refused ->
              refuse(context.channel(), refused.status(), text.lines().findFirst().orElse(""));
        }
      } else if (head.readableBytes() > ConnectRequest.LONGEST_HEAD) {
        answered = true;
        refuse(context.channel(), "431 Request Header Fields Too Large", "a head without an end");
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE && !answered) {
        var _ = context.close();
      }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      head.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }

    private int endOfHead() {
      for (int i = head.readerIndex(); i + 3 < head.writerIndex(); i++) {
        if (head.getByte(i) == '\r'
            && head.getByte(i + 1) == '\n'
            && head.getByte(i + 2) == '\r'
            && head.getByte(i + 3) == '\n') {
          return i + 4 - head.readerIndex();
        }
      }
      return -1;
    }

    private void connect(ChannelHandlerContext context, String authority) {
      Optional<Route> route = Optional.ofNullable(routes.get(authority));
      Optional<ProxiedLink> link = route.flatMap(known -> link(known.peer()));
      if (route.isEmpty() || link.isEmpty()) {
        refuse(
            context.channel(),
            "403 Forbidden",
            authority + ", which is none of " + routes.keySet());
        return;
      }
      Tunnel tunnel = new Tunnel(loop, link.get(), route.get(), GREETING, context.channel());
      ByteBuf rest = head.readBytes(head.readableBytes());
      context.pipeline().replace(this, "tunnel", tunnel.diallerSide());
      tunnel.open();
      context.pipeline().fireChannelRead(rest);
    }

    private void refuse(Channel channel, String status, String what) {
      onRefused.accept(
          "%s asked the peer proxy for %s: answered %s"
              .formatted(channel.remoteAddress(), what, status));
      answerAndClose(channel, status);
    }
  }

  private static final Tunnel.Greeting GREETING =
      new Tunnel.Greeting() {
        @Override
        public void connected(Pipe answers) {
          answers.data(ascii(ESTABLISHED), true);
        }

        @Override
        public void unreachable(Channel dialler, Throwable why) {
          answerAndClose(dialler, "502 Bad Gateway");
        }
      };
}
