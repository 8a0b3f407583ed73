package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.engine.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One connection through a proxy: two sockets, and a wire for each direction between them.
 *
 * <p>When bytes were dropped on it, it is torn: a TLS stream with a hole is useless, so it is
 * closed as soon as the effect has ended.
 */
final class Tunnel {

  private static final int CHUNK = 16 * 1024;

  /** Chunks that may wait for their time in each direction: a megabyte at most. */
  private static final int WAITING = 64;

  private record Chunk(byte[] bytes, long arrived, long due) {
    static final Chunk END = new Chunk(new byte[0], 0, 0);
  }

  private final Socket near;
  private final Socket far;
  private final Wire outbound;
  private final Wire inbound;
  private final Scheduler scheduler;
  private final Consumer<Tunnel> whenClosed;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final AtomicBoolean torn = new AtomicBoolean();

  /**
   * A tunnel that does not run yet.
   *
   * @param near the side that dialled
   * @param far the side that was dialled
   * @param whenClosed is told once
   */
  Tunnel(
      Socket near,
      Socket far,
      Wire outbound,
      Wire inbound,
      Scheduler scheduler,
      Consumer<Tunnel> whenClosed) {
    this.near = near;
    this.far = far;
    this.outbound = outbound;
    this.inbound = inbound;
    this.scheduler = scheduler;
    this.whenClosed = whenClosed;
  }

  void start() {
    pump(near, far, outbound);
    pump(far, near, inbound);
  }

  private void pump(Socket from, Socket to, Wire wire) {
    BlockingQueue<Chunk> waiting = new ArrayBlockingQueue<>(WAITING);
    Thread.ofVirtual().name("proxy-read").start(() -> read(from, wire, waiting));
    Thread.ofVirtual().name("proxy-write").start(() -> write(to, wire, waiting));
  }

  private void read(Socket from, Wire wire, BlockingQueue<Chunk> waiting) {
    try {
      InputStream in = from.getInputStream();
      byte[] buffer = new byte[CHUNK];
      long last = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        // In order: no chunk leaves before the one before it.
        last = Math.max(last, wire.due());
        waiting.put(new Chunk(Arrays.copyOf(buffer, read), scheduler.now(), last));
      }
      waiting.put(Chunk.END);
    } catch (IOException broken) {
      // Either end may break a connection at any time; the other end is told the same way.
      close();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Socket to, Wire wire, BlockingQueue<Chunk> waiting) {
    try {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = waiting.take(); chunk != Chunk.END; chunk = waiting.take()) {
        if (wire.await(chunk.arrived, chunk.due, chunk.bytes.length, open::get)) {
          out.write(chunk.bytes);
        } else {
          torn.set(true);
          if (!open.get()) {
            return;
          }
        }
      }
      if (torn.get()) {
        close();
      } else {
        to.shutdownOutput();
      }
    } catch (IOException broken) {
      close();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
    if (near.isOutputShutdown() && far.isOutputShutdown()) {
      close();
    }
  }

  boolean isTorn() {
    return torn.get();
  }

  /** Closes both sides in the ordinary way. */
  void close() {
    if (open.compareAndSet(true, false)) {
      closeQuietly(near);
      closeQuietly(far);
      outbound.wake();
      inbound.wake();
      whenClosed.accept(this);
    }
  }

  /** Closes both sides with RST; false if it was closed already. */
  boolean reset() {
    if (!open.get()) {
      return false;
    }
    try {
      near.setSoLinger(true, 0);
      far.setSoLinger(true, 0);
    } catch (IOException alreadyClosed) {
      return false;
    }
    close();
    return true;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException nothingLeftToClose) {
      throw new IllegalStateException("a socket cannot be closed", nothingLeftToClose);
    }
  }
}
