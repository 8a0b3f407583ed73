package io.etcdrobustness.cli;

/** Exit codes beside those of a verdict; part of the command line's contract. */
final class ExitCodes {

  /** The environment failed. */
  static final int ERROR = 3;

  /** Wrong arguments or a wrong spec (sysexits.h, EX_USAGE). */
  static final int USAGE = 64;

  private ExitCodes() {}
}
