package io.etcdrobustness.traffic.wire;

import io.etcdrobustness.engine.Scheduler;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * HTTP/2 over one connection. Netty's codec does the frames; what it writes goes out at once, what
 * comes in is handed to it, both on the loop.
 */
final class Session {

  /** As large as it may be: who reads at once needs no bound on what is under way. */
  private static final int WINDOW = Integer.MAX_VALUE;

  /** As {@code NettyChannels} has them. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(2);

  /** Who is to be told how it stands with the connection. */
  interface Owner {
    /** Who is at the other end. */
    String member();

    /** The server speaks HTTP/2: calls may come. */
    void ready();

    /** The server takes no more calls; those under way go on. */
    void retired();

    /** It is of no more use. */
    void lost(String why);
  }

  private final Wire.Connection connection;
  private final Scheduler scheduler;
  private final Owner owner;
  private final Incoming incoming = new Incoming();
  private final EmbeddedChannel frames;
  private final Map<Http2FrameStream, WireCall<?, ?>> calls = new LinkedHashMap<>();
  private Scheduler.Timer keepAlive = () -> {};
  private long heard;
  private boolean ready;
  private boolean retired;
  private boolean broken;

  Session(Wire.Connection connection, Scheduler scheduler, Owner owner) {
    this.connection = connection;
    this.scheduler = scheduler;
    this.owner = owner;
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forClient()
            .initialSettings(
                Http2Settings.defaultSettings().initialWindowSize(WINDOW).pushEnabled(false))
            .validateHeaders(false)
            .build();
    this.frames = new EmbeddedChannel(codec, incoming);
    flush();
  }

  /** Who answers calls on it. */
  String member() {
    return owner.member();
  }

  /** Bytes came from the server. */
  void received(byte[] bytes) {
    if (broken) {
      return;
    }
    heard = scheduler.now();
    frames.writeInbound(Unpooled.wrappedBuffer(bytes));
    flush();
  }

  /** The connection is gone: so are all calls. */
  void broken(String why) {
    if (broken) {
      return;
    }
    broken = true;
    keepAlive.cancel();
    List<WireCall<?, ?>> lost = List.copyOf(calls.values());
    calls.clear();
    lost.forEach(call -> call.end(Status.UNAVAILABLE.withDescription(why)));
    var _ = frames.close();
    // What the codec would say for good-bye has nobody to go to.
    frames.releaseOutbound();
  }

  /** Begins a call. */
  Http2FrameStream begin(WireCall<?, ?> call, Http2Headers headers) {
    Http2FrameStream stream = incoming.newStream();
    calls.put(stream, call);
    if (calls.size() == 1) {
      heard = scheduler.now();
      watch();
    }
    var _ = frames.write(new DefaultHttp2HeadersFrame(headers).stream(stream));
    flush();
    return stream;
  }

  /** Sends what a call has to say. */
  void send(Http2FrameStream stream, byte[] bytes, boolean last) {
    if (!broken) {
      var _ =
          frames.write(
              new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), last).stream(stream));
      flush();
    }
  }

  /** The caller wants no more of it. */
  void cancel(Http2FrameStream stream) {
    if (calls.remove(stream) != null && !broken) {
      var _ = frames.write(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
      flush();
    }
  }

  private void flush() {
    frames.flush();
    frames.runPendingTasks();
    for (ByteBuf bytes = frames.readOutbound(); bytes != null; bytes = frames.readOutbound()) {
      connection.send(ByteBufUtil.getBytes(bytes));
      bytes.release();
    }
  }

  /** While calls are under way, silence is asked whether anybody is there. */
  private void watch() {
    keepAlive.cancel();
    long quiet = scheduler.now() - heard;
    keepAlive = scheduler.after(KEEP_ALIVE.minusNanos(quiet), this::silent);
  }

  private void silent() {
    if (calls.isEmpty() || broken) {
      return;
    }
    if (scheduler.now() - heard < KEEP_ALIVE.toNanos()) {
      watch();
      return;
    }
    long asked = scheduler.now();
    var _ = frames.write(new DefaultHttp2PingFrame(asked));
    flush();
    keepAlive =
        scheduler.after(
            KEEP_ALIVE_TIMEOUT,
            () -> {
              if (heard <= asked) {
                owner.lost("keep-alive: no answer within " + KEEP_ALIVE_TIMEOUT.toSeconds() + " s");
              } else {
                watch();
              }
            });
  }

  private void ended(Http2FrameStream stream, Status status) {
    WireCall<?, ?> call = calls.remove(stream);
    if (call != null) {
      call.end(status);
    }
  }

  /** What the codec has understood. */
  private final class Incoming extends Http2ChannelDuplexHandler {

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      try {
        read(context, frame);
      } finally {
        ReferenceCountUtil.release(frame);
      }
    }

    private void read(ChannelHandlerContext context, Object frame) {
      switch (frame) {
        case Http2SettingsFrame _ -> {
          if (!ready) {
            ready = true;
            owner.ready();
          }
        }
        case Http2HeadersFrame headers -> {
          WireCall<?, ?> call = calls.get(headers.stream());
          if (headers.isEndStream()) {
            ended(headers.stream(), Trailers.status(headers.headers()));
          } else if (call != null) {
            call.begun(headers.headers());
          }
        }
        case Http2DataFrame data -> {
          int bytes = data.initialFlowControlledBytes();
          WireCall<?, ?> call = calls.get(data.stream());
          if (call != null) {
            call.received(data.content());
          }
          if (data.isEndStream()) {
            ended(
                data.stream(),
                Status.INTERNAL.withDescription("the server ended the call without a status"));
          } else if (bytes > 0) {
            var _ = context.write(new DefaultHttp2WindowUpdateFrame(bytes).stream(data.stream()));
          }
        }
        case Http2ResetFrame reset ->
            ended(reset.stream(), Trailers.ofReset(Http2Error.valueOf(reset.errorCode())));
        case Http2GoAwayFrame away -> away(away);
        case Http2PingFrame _ -> {}
        default -> {}
      }
    }

    private void away(Http2GoAwayFrame away) {
      if (!retired) {
        retired = true;
        owner.retired();
      }
      if (calls.isEmpty()) {
        owner.lost("the server said good-bye");
        return;
      }
      for (Http2FrameStream stream : List.copyOf(calls.keySet())) {
        if (stream.id() > away.lastStreamId()) {
          ended(stream, Status.UNAVAILABLE.withDescription("the server said good-bye"));
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
      if (failure instanceof Http2FrameStreamException ofStream) {
        ended(
            ofStream.stream(),
            Status.INTERNAL.withDescription("HTTP/2: " + ofStream.error() + " " + failure));
      } else {
        owner.lost("HTTP/2: " + failure);
      }
    }
  }
}
