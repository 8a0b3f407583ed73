package io.etcdrobustness.faults.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The log of the member beside an agent, which only grows; read in pieces.
 *
 * <p>It has a name, in a file beside it, that lives and dies with it: the pod's next log, which may
 * have grown as long, is not taken for its continuation.
 */
public final class MemberLog {

  /** Bytes of the longest piece. */
  static final int LONGEST = 256 << 10;

  private final Path file;
  private final String name;

  /**
   * @param file which need not exist yet
   * @param freshName its name, if it has none yet: letters, digits and hyphens
   * @throws IOException if that cannot be written down
   */
  public MemberLog(Path file, String freshName) throws IOException {
    this.file = file;
    Path nameFile = file.resolveSibling(file.getFileName() + ".name");
    String known = Files.exists(nameFile) ? Files.readString(nameFile).strip() : "";
    if (known.isEmpty()) {
      Files.writeString(nameFile, freshName + "\n");
    }
    this.name = known.isEmpty() ? freshName : known;
  }

  /** What follows {@code from}; if that is in no log that there is, the beginning of this one. */
  LogChunk read(LogPosition from) throws IOException {
    long size = Files.exists(file) ? Files.size(file) : 0;
    boolean here = (from.log().isEmpty() || from.log().equals(name)) && from.offset() <= size;
    long offset = here ? from.offset() : 0;
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(LONGEST, size - offset));
    if (bytes.hasRemaining()) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        int length = channel.read(bytes, offset);
        while (length > 0 && bytes.hasRemaining()) {
          length = channel.read(bytes, offset + bytes.position());
        }
      }
    }
    return new LogChunk(new LogPosition(name, offset), bytes.flip());
  }
}
