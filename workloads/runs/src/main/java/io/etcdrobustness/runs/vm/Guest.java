package io.etcdrobustness.runs.vm;

import io.etcdrobustness.traffic.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** The guest as the run uses it: what was asked finds its answer, bytes find their connection. */
final class Guest {

  /** Files are read in parts of this size, bytes. */
  private static final int PART = 4 << 20;

  private final GuestLoop loop;
  private final Map<Integer, CompletableFuture<byte[]>> asked = new HashMap<>();
  private final Map<Integer, Wire.Listener> connections = new HashMap<>();
  private final Map<Integer, IntConsumer> exits = new HashMap<>();
  private int sequence;
  private int forgotten;
  private int lastConnection;

  Guest(GuestLoop loop) {
    this.loop = loop;
  }

  /** Has a command carried out that is not answered. */
  void say(Command command) {
    loop.say(command);
  }

  /**
   * Has a command carried out.
   *
   * @param command of its number
   * @return its answer's bytes; exceptionally if it failed
   */
  CompletableFuture<byte[]> ask(IntFunction<Command.Asked> command) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    asked.put(++sequence, answer);
    loop.say(command.apply(sequence));
    return answer;
  }

  /** The whole of a file. */
  CompletionStage<byte[]> file(String path) {
    return file(path, 0);
  }

  /** What stands in a file from an offset on. */
  CompletionStage<byte[]> file(String path, long from) {
    return file(path, from, new ByteArrayOutputStream());
  }

  private CompletionStage<byte[]> file(String path, long from, ByteArrayOutputStream soFar) {
    return ask(seq -> new Command.Read(seq, path, from + soFar.size(), PART))
        .thenCompose(part -> {
          soFar.writeBytes(part);
          return part.length == 0
              ? CompletableFuture.completedFuture(soFar.toByteArray())
              : file(path, from, soFar);
        });
  }

  /** A part of a file, of {@link #PART} bytes or what is left; none at its end. */
  CompletionStage<byte[]> part(String path, long from) {
    return ask(seq -> new Command.Read(seq, path, from, PART));
  }

  /** What a folder holds, by name. */
  CompletionStage<List<GuestFile>> folder(String path) {
    return ask(seq -> new Command.Folder(seq, path)).thenApply(GuestFile::all);
  }

  /** From now on nobody hears of connections and of members' ends. */
  void forgetAll() {
    asked.clear();
    forgotten = sequence;
    connections.clear();
    exits.clear();
  }

  /** Has {@code told} hear of each end of this member's process, with its status. */
  void onExit(int member, IntConsumer told) {
    exits.put(member, told);
  }

  /** Opens a connection. */
  Wire.Connection connect(int member, int port, Wire.Listener listener) {
    int number = ++lastConnection;
    connections.put(number, listener);
    loop.say(new Command.Connect(number, member, port));
    return new Wire.Connection() {
      @Override
      public void send(byte[] bytes) {
        if (connections.containsKey(number)) {
          loop.say(new Command.Send(number, bytes));
        }
      }

      @Override
      public void close() {
        if (connections.remove(number) != null) {
          loop.say(new Command.Close(number, true));
        }
      }
    };
  }

  /** Something has happened in the guest. */
  void happened(Event event) {
    switch (event) {
      case Event.Hello _, Event.Fatal _ ->
          throw new IllegalStateException("the guest says what it may not say now: " + event);
      case Event.Result(int number, int errno, byte[] bytes) -> {
        CompletableFuture<byte[]> answer = asked.remove(number);
        if (answer == null && number <= forgotten) {
          return;
        }
        if (answer == null) {
          throw new IllegalStateException("the guest answers what nobody asked: " + number);
        }
        if (errno == 0) {
          answer.complete(bytes);
        } else {
          answer.completeExceptionally(new RefusedException(errno));
        }
      }
      case Event.Exited(int member, int status) ->
          exits.getOrDefault(member, _ -> {}).accept(status);
      case Event.Connected(int connection) -> {
        if (connections.get(connection) instanceof Wire.Listener listener) {
          listener.connected();
        }
      }
      case Event.Received(int connection, byte[] bytes) -> {
        if (connections.get(connection) instanceof Wire.Listener listener) {
          listener.received(bytes);
        }
      }
      case Event.Closed(int connection, int errno) -> {
        if (connections.remove(connection) instanceof Wire.Listener listener) {
          listener.closed(errno == 0 ? "the member ended the connection" : Errno.words(errno));
        }
      }
    }
  }
}
