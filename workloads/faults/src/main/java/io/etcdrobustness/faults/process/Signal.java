package io.etcdrobustness.faults.process;

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
 * Sends the signals for which Java has no call, by kill(2): no fork per signal, and no {@code kill}
 * program is needed in the image. Numbers are Linux' (signal(7)), the same on x86-64 and arm64.
 */
enum Signal {
  CONT(18),
  STOP(19);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /**
   * Sends it to {@code pid}.
   *
   * @return whether there was such a process
   * @throws IllegalStateException if the kernel refuses, with its error number
   */
  boolean send(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int result = (int) Native.KILL.invokeExact(state, Math.toIntExact(pid), number);
      if (result == 0) {
        return true;
      }
      int errno = (int) Native.ERRNO.get(state, 0L);
      if (errno == Native.ESRCH) {
        return false;
      }
      throw new IllegalStateException(
          "SIG%s was not delivered to process %d: kill(2) set errno %d (1: no permission; the agent"
                  .formatted(name(), pid, errno)
              + " must run as the member's user)");
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new LinkageError("kill(2) cannot be called", failure);
    }
  }

  /** Looked up once, at the first signal. */
  private static final class Native {
    static final int ESRCH = 3;
    static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO =
        CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    static final MethodHandle KILL =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
  }
}
