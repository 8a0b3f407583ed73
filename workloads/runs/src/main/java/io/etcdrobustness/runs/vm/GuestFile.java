package io.etcdrobustness.runs.vm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a folder of the guest holds: a file, a folder. */
record GuestFile(String name, int mode, long size) {

  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int FILE = 0100000;

  /** All of a folder, as the guest tells it. */
  static List<GuestFile> all(byte[] listing) {
    ByteBuffer in = ByteBuffer.wrap(listing).order(ByteOrder.LITTLE_ENDIAN);
    List<GuestFile> files = new ArrayList<>();
    while (in.hasRemaining()) {
      int mode = in.getInt();
      long size = in.getLong();
      byte[] name = new byte[in.getInt()];
      in.get(name);
      files.add(new GuestFile(new String(name, StandardCharsets.UTF_8), mode, size));
    }
    return files;
  }

  boolean isFolder() {
    return (mode & TYPE) == FOLDER;
  }

  boolean isFile() {
    return (mode & TYPE) == FILE;
  }
}
