package io.etcdrobustness.runs.vm;

import io.etcdrobustness.runs.vm.Command.LinkState;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Both sides' turns as bytes, little-endian; {@code hack/vm/README.md}, "Protocol". */
final class Turns {

  /** The version of the protocol that this build speaks. */
  static final int VERSION = 2;

  /** The oldest guest that this build can do with; it cannot cut a disk either. */
  static final int OLDEST = 1;

  /** The oldest guest that can tell what a folder holds. */
  static final int LISTS = 2;

  /** As a time to speak again: only when something has happened. */
  static final long NO_TIMER = -1;

  private Turns() {}

  /**
   * What the guest says.
   *
   * @param now of its monotonic clock, ns
   */
  record Said(long now, List<Event> events) {}

  /**
   * Reads a turn of the guest.
   *
   * @throws IOException if it is none
   */
  static Said read(byte[] payload) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    try {
      long now = in.getLong();
      int count = in.getInt();
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int type = in.get();
        ByteBuffer body = part(in, in.getInt()).order(ByteOrder.LITTLE_ENDIAN);
        events.add(event(type, body));
        if (body.hasRemaining()) {
          throw new IOException("an event of type %d is longer than it may be".formatted(type));
        }
      }
      if (in.hasRemaining()) {
        throw new IOException(in.remaining() + " bytes follow a turn");
      }
      return new Said(now, events);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException cut) {
      throw new IOException("a turn of %d bytes is cut off".formatted(payload.length), cut);
    }
  }

  private static Event event(int type, ByteBuffer body) throws IOException {
    return switch (type) {
      case 1 -> new Event.Hello(body.getInt(), bytes(part(body, 16)), string(body));
      case 2 -> new Event.Result(body.getInt(), body.getInt(), bytes(body));
      case 3 -> new Event.Exited(Byte.toUnsignedInt(body.get()), body.getInt());
      case 4 -> new Event.Connected(body.getInt());
      case 5 -> new Event.Received(body.getInt(), bytes(body));
      case 6 -> new Event.Closed(body.getInt(), body.getInt());
      case 7 -> new Event.Fatal(string(body));
      default -> throw new IOException("no event has the type " + type);
    };
  }

  private static ByteBuffer part(ByteBuffer in, int length) {
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private static String string(ByteBuffer in) {
    return new String(bytes(part(in, in.getInt())), StandardCharsets.UTF_8);
  }

  /**
   * A turn of the run.
   *
   * @param wakeAt when the guest is to speak again at the latest, by its clock, ns
   */
  static byte[] write(long wakeAt, List<Command> commands) {
    Out out = new Out();
    out.i64(wakeAt);
    out.i32(commands.size());
    for (Command command : commands) {
      Out body = new Out();
      out.u8(body(command, body));
      out.i32(body.size());
      out.bytes(body.taken());
    }
    return out.taken();
  }

  /** Writes the body; the number of the command's type. */
  private static int body(Command command, Out out) {
    return switch (command) {
      case Command.Setup(int members, boolean realDisks, byte[] entropy) -> {
        out.u8(members);
        out.u8(realDisks ? 1 : 0);
        out.bytes(entropy);
        yield 1;
      }
      case Command.Spawn(var seq, var member, var offset, var arguments, var env, var log) -> {
        out.i32(seq);
        out.u8(member);
        out.i64(offset);
        out.list(arguments);
        out.list(env);
        out.string(log);
        yield 2;
      }
      case Command.Signal(int seq, int member, int signal) -> {
        out.i32(seq);
        out.u8(member);
        out.u8(signal);
        yield 3;
      }
      case Command.Connect(int connection, int member, int port) -> {
        out.i32(connection);
        out.u8(member);
        out.u8(port);
        out.u8(port >>> 8);
        yield 4;
      }
      case Command.Send(int connection, byte[] bytes) -> {
        out.i32(connection);
        out.bytes(bytes);
        yield 5;
      }
      case Command.Close(int connection, boolean abort) -> {
        out.i32(connection);
        out.u8(abort ? 1 : 0);
        yield 6;
      }
      case Command.Link(int seq, int from, int to, LinkState state) -> {
        out.i32(seq);
        out.u8(from);
        out.u8(to);
        out.i32(Math.toIntExact(state.delayMicros()));
        out.i32(Math.toIntExact(state.jitterMicros()));
        out.i32(state.loss());
        out.i32(state.reorder());
        out.i32(state.duplicate());
        out.i32(state.corrupt());
        // As fast as it goes.
        out.i64(0);
        yield 7;
      }
      case Command.Read(int seq, String path, long offset, int most) -> {
        out.i32(seq);
        out.string(path);
        out.i64(offset);
        out.i32(most);
        yield 8;
      }
      case Command.Disk(int seq, int member, Command.Disk.Action action, long argument) -> {
        out.i32(seq);
        out.u8(member);
        out.u8(action.number());
        out.i64(argument);
        yield 9;
      }
      case Command.PowerOff() -> 10;
      case Command.Write(int seq, String path, int mode, byte[] bytes) -> {
        out.i32(seq);
        out.string(path);
        out.i32(mode);
        out.bytes(bytes);
        yield 11;
      }
      case Command.Folder(int seq, String path) -> {
        out.i32(seq);
        out.string(path);
        yield 12;
      }
    };
  }

  /** Bytes that grow. */
  private static final class Out {
    private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

    private ByteBuffer room(int bytes) {
      if (buffer.remaining() < bytes) {
        int size = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
        buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
      }
      return buffer;
    }

    void u8(int value) {
      room(1).put((byte) value);
    }

    void i32(int value) {
      room(Integer.BYTES).putInt(value);
    }

    void i64(long value) {
      room(Long.BYTES).putLong(value);
    }

    void bytes(byte[] bytes) {
      room(bytes.length).put(bytes);
    }

    void string(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      i32(bytes.length);
      bytes(bytes);
    }

    void list(List<String> texts) {
      i32(texts.size());
      texts.forEach(this::string);
    }

    int size() {
      return buffer.position();
    }

    byte[] taken() {
      byte[] taken = new byte[buffer.position()];
      buffer.get(0, taken);
      return taken;
    }
  }
}
