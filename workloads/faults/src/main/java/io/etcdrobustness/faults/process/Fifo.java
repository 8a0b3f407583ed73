package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Named pipes (fifo(7)), for which Java has no call.
 *
 * <p>To open one end waits until somebody opens the other, and no timeout helps. To open both at
 * once never waits on Linux: so {@link #open} does that, and whoever wants to see the end of what
 * comes in opens a second time for reading, and closes the first once the writer is there.
 */
final class Fifo {

  private static final String PERMISSIONS = "rw-rw----";

  private Fifo() {}

  /**
   * Makes one that its user and group may use.
   *
   * @throws IOException if the kernel refuses, with its error number
   */
  static void make(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment name = arena.allocateFrom(path.toString());
      int result = (int) Native.MKFIFO.invokeExact(state, name, Native.MODE);
      if (result != 0) {
        throw new IOException(
            "the FIFO %s cannot be made: mkfifo(3) set errno %d"
                .formatted(path, (int) Native.ERRNO.get(state, 0L)));
      }
      // Whatever the umask is.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(PERMISSIONS));
    } catch (IOException | RuntimeException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new LinkageError("mkfifo(3) cannot be called", failure);
    }
  }

  /** Whether {@code path} is one. */
  static boolean exists(Path path) throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isOther();
  }

  /** Opens both ends of the one at {@code path}, without waiting. */
  static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Looked up once, at the first use. */
  private static final class Native {
    static final int MODE = 0600;
    static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO =
        CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    static final MethodHandle MKFIFO =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("mkfifo"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
  }
}
