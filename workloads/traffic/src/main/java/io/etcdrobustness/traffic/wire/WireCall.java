package io.etcdrobustness.traffic.wire;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.traffic.grpc.Channels;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call over HTTP/2, by gRPC's rules (grpc doc/PROTOCOL-HTTP2.md). */
final class WireCall<Q, A> extends ClientCall<Q, A> {

  /** Flag byte and length before each message. */
  private static final int PREFIX = 5;

  private final MethodDescriptor<Q, A> method;
  private final CallOptions options;
  private final WireChannel channel;
  private final Scheduler scheduler;
  private final List<byte[]> unsent = new ArrayList<>();
  private final ByteBuf unread = Unpooled.buffer();
  private List<ClientStreamTracer> tracers = List.of();
  private Optional<Session> session = Optional.empty();
  private Optional<Object> asked = Optional.empty();
  private @Nullable Listener<A> listener;
  private @Nullable Http2FrameStream stream;
  private Scheduler.Timer bound = () -> {};
  private int wanted;
  private boolean halfClosed;
  private boolean delivering;
  private Optional<Status> status = Optional.empty();
  private boolean told;

  WireCall(
      MethodDescriptor<Q, A> method,
      CallOptions options,
      WireChannel channel,
      Scheduler scheduler) {
    this.method = method;
    this.options = options;
    this.channel = channel;
    this.scheduler = scheduler;
  }

  @Override
  public void start(Listener<A> to, Metadata headers) {
    listener = to;
    ClientStreamTracer.StreamInfo info =
        ClientStreamTracer.StreamInfo.newBuilder().setCallOptions(options).build();
    tracers =
        options.getStreamTracerFactories().stream()
            .map(factory -> factory.newClientStreamTracer(info, headers))
            .toList();
    Duration timeout = options.getOption(Channels.TIMEOUT);
    if (timeout != null) {
      bound =
          scheduler.after(
              timeout,
              () ->
                  abandon(
                      Status.DEADLINE_EXCEEDED.withDescription(
                          "no answer within " + timeout.toMillis() + " ms")));
    }
    channel.begin(this);
  }

  /** There is a connection: everything that was said so far travels over it. */
  void over(Session connected) {
    session = Optional.of(connected);
    tracers.forEach(tracer -> tracer.streamCreated(Attributes.EMPTY, new Metadata()));
    stream = connected.begin(this, headers());
    tracers.forEach(ClientStreamTracer::outboundHeaders);
    List<byte[]> messages = List.copyOf(unsent);
    unsent.clear();
    for (int i = 0; i < messages.size(); i++) {
      send(messages.get(i), halfClosed && i == messages.size() - 1);
    }
    if (halfClosed && messages.isEmpty()) {
      send(new byte[0], true);
    }
  }

  private Http2Headers headers() {
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .method("POST")
            .scheme("http")
            .path("/" + method.getFullMethodName())
            .authority(channel.authority())
            .add("te", "trailers")
            .add("content-type", "application/grpc")
            .add("user-agent", "etcd-robustness");
    Duration timeout = options.getOption(Channels.TIMEOUT);
    return timeout == null ? headers : headers.add("grpc-timeout", inWords(timeout));
  }

  /** At most eight digits and a unit. */
  static String inWords(Duration timeout) {
    long most = 99_999_999;
    long micros = timeout.toNanos() / 1_000;
    return micros <= most ? micros + "u" : Math.min(most, timeout.toMillis()) + "m";
  }

  @Override
  public void sendMessage(Q message) {
    if (status.isPresent()) {
      return;
    }
    asked = Optional.of(message);
    byte[] framed = framed(message);
    if (session.isEmpty()) {
      unsent.add(framed);
    } else {
      send(framed, false);
    }
  }

  private byte[] framed(Q message) {
    try (InputStream stream = method.streamRequest(message)) {
      byte[] bytes = stream.readAllBytes();
      return ByteBuffer.allocate(PREFIX + bytes.length)
          .put((byte) 0)
          .putInt(bytes.length)
          .put(bytes)
          .array();
    } catch (IOException impossible) {
      throw new UncheckedIOException("a message in memory cannot be read", impossible);
    }
  }

  @Override
  public void halfClose() {
    if (halfClosed || status.isPresent()) {
      return;
    }
    halfClosed = true;
    if (session.isPresent()) {
      send(new byte[0], true);
    }
  }

  private void send(byte[] bytes, boolean last) {
    Http2FrameStream on = stream;
    if (on != null) {
      session.ifPresent(open -> open.send(on, bytes, last));
    }
  }

  @Override
  public void request(int messages) {
    wanted += messages;
    deliver();
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    abandon(Status.CANCELLED.withDescription(message).withCause(cause));
  }

  private void abandon(Status why) {
    Http2FrameStream on = stream;
    if (on != null && status.isEmpty()) {
      session.ifPresent(open -> open.cancel(on));
    }
    unread.clear();
    end(why);
  }

  /** The first headers of the answer. */
  void begun(Http2Headers headers) {
    if (listener != null && status.isEmpty()) {
      listener.onHeaders(new Metadata());
    }
    if (!"200".contentEquals(String.valueOf(headers.status()))) {
      abandon(Status.UNKNOWN.withDescription("HTTP status " + headers.status()));
    }
  }

  /** Bytes of the answer. */
  void received(ByteBuf bytes) {
    unread.writeBytes(bytes);
    deliver();
  }

  /** It has ended; what has come before is still delivered before that is told. */
  void end(Status how) {
    if (status.isPresent()) {
      return;
    }
    status = Optional.of(how);
    bound.cancel();
    channel.forget(this);
    if (how.isOk()) {
      session.ifPresent(on -> asked.ifPresent(request -> channel.answered(on.member(), request)));
    }
    deliver();
  }

  private void deliver() {
    if (delivering || listener == null) {
      return;
    }
    delivering = true;
    try {
      Listener<A> to = listener;
      while (wanted > 0 && hasMessage() && !told) {
        wanted--;
        message(to);
      }
      unread.discardSomeReadBytes();
      if (status.isPresent() && !told && !(wanted > 0 && hasMessage())) {
        told = true;
        to.onClose(status.get(), new Metadata());
      }
    } finally {
      delivering = false;
    }
  }

  private boolean hasMessage() {
    return unread.readableBytes() >= PREFIX
        && unread.readableBytes() - PREFIX >= unread.getInt(unread.readerIndex() + 1);
  }

  private void message(Listener<A> to) {
    boolean compressed = unread.readByte() != 0;
    byte[] bytes = new byte[unread.readInt()];
    unread.readBytes(bytes);
    A message;
    try {
      if (compressed) {
        throw new IllegalStateException("it is compressed, which nobody asked for");
      }
      message = method.parseResponse(new ByteArrayInputStream(bytes));
    } catch (RuntimeException unreadable) {
      abandon(Status.INTERNAL.withDescription("the answer cannot be read: " + unreadable));
      return;
    }
    to.onMessage(message);
  }
}
