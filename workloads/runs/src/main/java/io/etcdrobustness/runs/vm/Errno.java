package io.etcdrobustness.runs.vm;

/** Linux's error numbers in words, as far as they are to be expected here. */
final class Errno {

  static final int NO_FILE = 2;
  static final int NO_PROCESS = 3;
  static final int NO_SPACE = 28;
  static final int NOT_SUPPORTED = 95;

  private Errno() {}

  static String words(int errno) {
    return switch (errno) {
      case 2 -> "ENOENT: no such file";
      case 3 -> "ESRCH: no such process";
      case 4 -> "EINTR: interrupted";
      case 5 -> "EIO: input or output failed";
      case 11 -> "EAGAIN: nothing yet";
      case 16 -> "EBUSY: it is in use";
      case 17 -> "EEXIST: it is there already";
      case 19 -> "ENODEV: it is not there";
      case 22 -> "EINVAL: not like this";
      case 28 -> "ENOSPC: no space left";
      case 32 -> "EPIPE: the connection is closed";
      case 34 -> "ERANGE: no clock shows that";
      case 95 -> "EOPNOTSUPP: this kernel cannot do it";
      case 104 -> "ECONNRESET: connection reset";
      case 110 -> "ETIMEDOUT: no answer";
      case 111 -> "ECONNREFUSED: connection refused";
      case 113 -> "EHOSTUNREACH: no way to it";
      case 115 -> "EINPROGRESS: under way";
      default -> "errno " + errno;
    };
  }
}
