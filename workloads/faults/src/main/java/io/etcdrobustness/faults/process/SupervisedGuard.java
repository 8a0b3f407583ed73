package io.etcdrobustness.faults.process;

import io.etcdrobustness.engine.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * The guard in another container of the pod, started there by {@code supervise.sh}, with FIFOs in
 * place of pipes.
 *
 * <p>Each start has FIFOs of its own. With the same two for all, a guard that was slow to see the
 * end of its stdin would see the next start's beginning instead: the end of a FIFO is over as soon
 * as somebody opens it again.
 */
public final class SupervisedGuard implements Guard {

  private final PodFolder folder;
  private final Scheduler scheduler;
  private final Duration patience;

  /**
   * @param patience with a container that does not answer
   */
  public SupervisedGuard(PodFolder folder, Scheduler scheduler, Duration patience) {
    this.folder = folder;
    this.scheduler = scheduler;
    this.patience = patience;
  }

  @Override
  public GuardPipe begin() throws IOException {
    Path start = folder.newStart();
    Scheduler.Timer bound = () -> {};
    try (FileChannel requests = Fifo.open(folder.requests());
        FileChannel bothEnds = Fifo.open(start.resolve("status"))) {
      FileChannel control = Fifo.open(start.resolve("control"));
      FileChannel status = FileChannel.open(start.resolve("status"), StandardOpenOption.READ);
      Fifos fifos = new Fifos(control, status);
      bound =
          scheduler.after(
              patience,
              () -> {
                fifos.close();
                close(requests);
              });
      try {
        // Kept by the FIFO as long as it is open here: the container may be just coming.
        write(requests, start.getFileName() + "\n");
        // Until the guard has said something, bothEnds keeps status from being at its end.
        fifos.awaitFirstLine();
      } catch (ClosedChannelException tired) {
        throw new IOException(
            "the etcd container does not answer (%d ms); is it running?"
                .formatted(patience.toMillis()),
            tired);
      } catch (IOException failure) {
        fifos.close();
        throw failure;
      }
      return fifos;
    } finally {
      bound.cancel();
      PodFolder.remove(start);
    }
  }

  @Override
  public Path pidFile() {
    return MemberCommand.pidFile(folder.log());
  }

  @Override
  public Path log() {
    return folder.log();
  }

  /** From any thread; whoever reads from it is interrupted. */
  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException failure) {
      // close(2) of a FIFO flushes nothing, so nothing is lost; its descriptor is gone all the
      // same.
      throw new UncheckedIOException("a FIFO cannot be closed", failure);
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** A guard that was asked for. */
  private final class Fifos implements GuardPipe {

    private static final int LONGEST_LINE = 4_096;

    private final FileChannel control;
    private final FileChannel status;
    private final StringBuilder read = new StringBuilder();

    Fifos(FileChannel control, FileChannel status) {
      this.control = control;
      this.status = status;
    }

    void awaitFirstLine() throws IOException {
      while (read.indexOf("\n") < 0) {
        readMore();
      }
    }

    @Override
    public Optional<String> line() throws IOException {
      int end = read.indexOf("\n");
      while (end < 0) {
        if (!readMore()) {
          return Optional.empty();
        }
        end = read.indexOf("\n");
      }
      String line = read.substring(0, end);
      read.delete(0, end + 1);
      return Optional.of(line);
    }

    @Override
    public void release() {
      SupervisedGuard.close(control);
    }

    @Override
    public boolean endedFromOutside(boolean guardLost) {
      // Nobody kills a guard alone: its container was killed as a whole.
      return guardLost || folder.containerEnds();
    }

    @Override
    public void close() {
      SupervisedGuard.close(control);
      SupervisedGuard.close(status);
    }

    private boolean readMore() throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(LONGEST_LINE);
      int length = status.read(bytes);
      if (length > 0) {
        read.append(StandardCharsets.US_ASCII.decode(bytes.flip()));
      }
      if (read.length() > LONGEST_LINE) {
        throw new IOException("what answers in " + folder.root() + " is no guard");
      }
      return length >= 0;
    }
  }
}
