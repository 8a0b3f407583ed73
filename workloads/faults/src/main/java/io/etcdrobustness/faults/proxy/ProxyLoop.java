package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.engine.Scheduler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** The one thread on which all proxies of an agent run. */
public final class ProxyLoop implements AutoCloseable {

  private static final int DIAL_TIMEOUT_MILLIS = 5_000;

  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final Scheduler scheduler;

  /** A loop whose clock and timers are {@code scheduler}'s. */
  public ProxyLoop(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("proxies", true), NioIoHandler.newFactory());
    this.loop = group.next();
  }

  /** Ends all its proxies and the thread; resets what is still connected. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  long now() {
    return scheduler.now();
  }

  void execute(Runnable task) {
    loop.execute(task);
  }

  /** Runs {@code task} on this loop once {@code delay} has passed. */
  Scheduler.Timer after(Duration delay, Runnable task) {
    return scheduler.after(
        delay,
        () -> {
          if (!loop.isShuttingDown()) {
            loop.execute(task);
          }
        });
  }

  /** Listens; blocks for the moment that a bind takes. */
  Channel listen(InetSocketAddress address, Function<SocketChannel, ChannelHandler> handler)
      throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(initializer(handler))
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address + ": " + bound.cause(), bound.cause());
    }
    return bound.channel();
  }

  /** Dials; {@code answer} is told of the connection, or of its failure, on this loop. */
  void dial(
      Route route,
      Function<SocketChannel, ChannelHandler> handler,
      Consumer<Channel> connected,
      Consumer<Throwable> failed) {
    // Resolved at each dial, since pods change their addresses. The resolver of the JDK blocks in
    // native code, for seconds if no name server answers: on a virtual thread that would keep a
    // carrier from all others.
    Thread.ofPlatform()
        .daemon()
        .name("resolve-" + route.host())
        .start(() -> {
          InetSocketAddress address = new InetSocketAddress(route.host(), route.port());
          Runnable next =
              address.isUnresolved()
                  ? () -> failed.accept(new UnknownHostException(route.host()))
                  : () -> connect(address, handler, connected, failed);
          if (!loop.isShuttingDown()) {
            execute(next);
          }
        });
  }

  private void connect(
      InetSocketAddress address,
      Function<SocketChannel, ChannelHandler> handler,
      Consumer<Channel> connected,
      Consumer<Throwable> failed) {
    ChannelFuture connect =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, DIAL_TIMEOUT_MILLIS)
            .handler(initializer(handler))
            .connect(address);
    connect.addListener(done -> {
      if (done.isSuccess()) {
        connected.accept(connect.channel());
      } else {
        failed.accept(done.cause());
      }
    });
  }

  private static ChannelInitializer<SocketChannel> initializer(
      Function<SocketChannel, ChannelHandler> handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        channel.pipeline().addLast(handler.apply(channel));
      }
    };
  }
}
