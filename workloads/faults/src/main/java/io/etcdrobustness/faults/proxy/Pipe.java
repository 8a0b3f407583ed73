package io.etcdrobustness.faults.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One way of one connection: what the source sends, through the link's gate, into the sink.
 *
 * <p>Everything goes through one queue, the end of the stream too, so order is kept whatever the
 * gate does. Delay is pipelined: each piece has its own due time, never before that of the piece
 * ahead of it. The queue is bounded: when it is full the source is not read, and TCP's window holds
 * the sender back.
 */
final class Pipe {

  /** Bytes that may be under way in a delay; it bounds the bandwidth of a delayed connection. */
  static final int DELAYED_LIMIT = 4 << 20;

  /** Bytes that are taken in while nothing passes; the rest waits at the sender. */
  static final int HELD_LIMIT = 256 << 10;

  private sealed interface Item {}

  /**
   * Bytes.
   *
   * @param own they are the proxy's, such as the answer to CONNECT, and are not counted
   * @param delayedBy the fault that set their due time; empty if another fault made them wait
   *     besides, since what they are late by is then not its doing alone
   */
  private record Data(
      ByteBuf bytes, long arrived, long due, boolean own, Optional<ActiveFault> delayedBy)
      implements Item {}

  /** The source will send no more; {@code reset} if its connection was torn down. */
  private record End(long due, boolean reset) implements Item {}

  private final ProxyLoop loop;
  private final ProxiedLink link;
  private final Way way;
  private final Tunnel tunnel;
  private final Deque<Item> queue = new ArrayDeque<>();
  private Optional<Channel> source = Optional.empty();
  private Optional<Channel> sink = Optional.empty();
  private int queuedBytes;
  private long lastDue;
  private boolean waiting;
  private boolean sourceEnded;
  private boolean finished;
  private boolean drained;
  private boolean lossy;
  private boolean wasHeld;

  Pipe(ProxyLoop loop, ProxiedLink link, Way way, Tunnel tunnel) {
    this.loop = loop;
    this.link = link;
    this.way = way;
    this.tunnel = tunnel;
  }

  void source(Channel channel) {
    source = Optional.of(channel);
  }

  void sink(Channel channel) {
    sink = Optional.of(channel);
  }

  /** Takes over {@code bytes}, which the source sent, or the proxy itself. */
  void data(ByteBuf bytes, boolean own) {
    int size = bytes.readableBytes();
    if (lossy || (sink.isPresent() && link.gate(way) instanceof Gate.Dropped)) {
      bytes.release();
      lost(size);
      return;
    }
    long now = loop.now();
    queue.add(new Data(bytes, now, due(now), own, latency()));
    queuedBytes += size;
    if (wasHeld) {
      link.held(way, size);
    }
    pump();
  }

  /** The source has ended its half of the connection. */
  void end() {
    if (!sourceEnded) {
      sourceEnded = true;
      queue.add(new End(due(loop.now()), false));
      pump();
    }
  }

  /** The source's connection is gone. */
  void broken() {
    if (finished) {
      // Its end was passed on before; what was on the way to it can be delivered no more.
      tunnel.reset();
      return;
    }
    sourceEnded = true;
    queue.add(new End(due(loop.now()), true));
    pump();
  }

  /** Whether the stream has a hole that nothing hides any more. */
  boolean mustReset() {
    return lossy && !(link.gate(way) instanceof Gate.Dropped);
  }

  /** Whether the end of the stream was passed on, or everything was forgotten. */
  boolean finished() {
    return finished;
  }

  /** Whether all of the stream, its end too, has been handed to the kernel. */
  boolean drained() {
    return drained;
  }

  /** Passes on what may pass now. */
  void pump() {
    if (sink.isPresent()) {
      pumpInto(sink.get(), false);
    }
    updateReading();
  }

  /**
   * Hands on what a hold kept waiting, whatever the sink's buffers say: it is bounded.
   *
   * @return bytes handed on
   */
  long deliverHeld() {
    if (sink.isEmpty() || !wasHeld) {
      return 0;
    }
    int before = queuedBytes;
    boolean passes =
        switch (link.gate(way)) {
          case Gate.Open open -> true;
          case Gate.Late late -> true;
          case Gate.Held held -> false;
          case Gate.Dropped dropped -> false;
        };
    if (!passes || !sink.get().isActive()) {
      return 0;
    }
    pumpInto(sink.get(), true);
    updateReading();
    return before - queuedBytes;
  }

  /** The gate may be another one. */
  void gateChanged() {
    boolean held = link.gate(way) instanceof Gate.Held;
    if (held && !wasHeld) {
      link.held(way, queuedBytes);
      disownQueue();
    }
    wasHeld = held;
    pump();
  }

  /** Forgets everything that is under way. */
  void discard() {
    finished = true;
    for (Item item : queue) {
      if (item instanceof Data data) {
        data.bytes().release();
      }
    }
    queue.clear();
    queuedBytes = 0;
  }

  private void pumpInto(Channel into, boolean evenIfFull) {
    boolean wrote = false;
    while (!finished && mayPass() && (evenIfFull || into.isWritable() || !into.isActive())) {
      wrote |= pass(queue.removeFirst(), into);
    }
    if (wrote) {
      into.flush();
    }
  }

  /** Whether the first item may pass now; arranges for the next look if it is only too early. */
  private boolean mayPass() {
    // Behind a hole nothing may follow: without TLS the reader would not notice, and would take
    // what
    // we lost for something that etcd had not sent.
    if (lossy || link.gate(way) instanceof Gate.Dropped) {
      dropQueue();
      return false;
    }
    if (queue.isEmpty()) {
      return false;
    }
    return switch (link.gate(way)) {
      case Gate.Open open -> true;
      case Gate.Held held -> false;
      case Gate.Dropped dropped -> false;
      case Gate.Late late -> {
        long early = due(queue.getFirst()) - loop.now();
        if (early > 0) {
          lookAgainIn(early);
        }
        yield early <= 0;
      }
    };
  }

  private boolean pass(Item item, Channel into) {
    return switch (item) {
      case Data data -> passData(data, into);
      case End end -> {
        passEnd(end, into);
        yield false;
      }
    };
  }

  private boolean passData(Data data, Channel into) {
    int size = data.bytes().readableBytes();
    queuedBytes -= size;
    if (!into.isActive()) {
      data.bytes().release();
      return false;
    }
    if (!data.own()) {
      link.forwarded(way, size);
    }
    data.delayedBy().ifPresent(fault -> fault.chunkWasLate(loop.now() - data.arrived()));
    // A failed write closes the channel, which is where the failure is dealt with.
    var _ = into.write(data.bytes(), into.voidPromise());
    return true;
  }

  private void passEnd(End end, Channel into) {
    finished = true;
    if (end.reset()) {
      tunnel.reset();
      return;
    }
    // Netty drops what is still unwritten when an output is shut down, so that has to wait. If the
    // write fails, the channel is closed, which is where the failure is dealt with.
    var _ =
        into.writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(written -> {
              if (written.isSuccess() && into instanceof SocketChannel socket) {
                var _ = socket.shutdownOutput(socket.newPromise());
                drained = true;
                tunnel.halfFinished();
              }
            });
  }

  private void dropQueue() {
    // Ends stay: nobody on the other side learns of them while nothing passes.
    Deque<Item> kept = new ArrayDeque<>();
    for (Item item : queue) {
      switch (item) {
        case Data data -> {
          int size = data.bytes().readableBytes();
          data.bytes().release();
          lost(size);
        }
        case End end -> kept.add(end);
      }
    }
    queue.clear();
    queue.addAll(kept);
    queuedBytes = 0;
  }

  /** From now on a hold makes the queue wait, not the latency that it came under. */
  private void disownQueue() {
    List<Item> before = List.copyOf(queue);
    queue.clear();
    for (Item item : before) {
      queue.add(
          switch (item) {
            case Data data ->
                new Data(data.bytes(), data.arrived(), data.due(), data.own(), Optional.empty());
            case End end -> end;
          });
    }
  }

  private Optional<ActiveFault> latency() {
    return link.gate(way) instanceof Gate.Late late ? Optional.of(late.fault()) : Optional.empty();
  }

  private void lost(int bytes) {
    lossy = true;
    link.withheld(way, bytes);
  }

  private long due(long now) {
    long due =
        link.gate(way) instanceof Gate.Late late
                && late.fault().effect instanceof io.etcdrobustness.faults.Agent.Late effect
            ? now + late.fault().nextDelay(effect)
            : now;
    lastDue = Math.max(lastDue, due);
    return lastDue;
  }

  private static long due(Item item) {
    return switch (item) {
      case Data data -> data.due();
      case End end -> end.due();
    };
  }

  private void lookAgainIn(long nanos) {
    if (!waiting) {
      waiting = true;
      loop.after(
          Duration.ofNanos(nanos),
          () -> {
            waiting = false;
            pump();
          });
    }
  }

  private void updateReading() {
    if (source.isEmpty() || finished) {
      return;
    }
    boolean read =
        !sourceEnded
            && (sink.isEmpty()
                ? queuedBytes < HELD_LIMIT
                : switch (link.gate(way)) {
                  case Gate.Open open -> queue.isEmpty() && sink.get().isWritable();
                  case Gate.Late late -> queuedBytes < DELAYED_LIMIT;
                  case Gate.Held held -> queuedBytes < HELD_LIMIT;
                  case Gate.Dropped dropped -> true;
                });
    source.get().config().setAutoRead(read);
  }
}
