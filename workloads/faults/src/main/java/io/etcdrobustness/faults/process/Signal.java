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

/**
 * Signals by kill(2), called directly: no shell and no fork per signal, so that it works in a
 * container that holds nothing but us.
 */
enum Signal {
  KILL(9),
  TERM(15),
  CONT(18),
  STOP(19);

  /** No such process, errno(3); the same number on every Linux. */
  private static final int ESRCH = 3;

  private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle KILL_2 =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
              Linker.Option.captureCallState("errno"));

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /**
   * Sends this signal.
   *
   * @return false if there is no such process any more
   * @throws IOException if the process may not be signalled
   */
  boolean sendTo(long pid) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(ERRNO_LAYOUT);
      int result = (int) KILL_2.invokeExact(state, (int) pid, number);
      if (result == 0) {
        return true;
      }
      int errno = (int) ERRNO.get(state, 0L);
      if (errno == ESRCH) {
        return false;
      }
      throw new IOException("kill(" + pid + ", SIG" + name() + ") failed with errno " + errno);
    } catch (IOException refused) {
      throw refused;
    } catch (Throwable impossible) {
      throw new IllegalStateException("kill(2) cannot be called", impossible);
    }
  }
}
