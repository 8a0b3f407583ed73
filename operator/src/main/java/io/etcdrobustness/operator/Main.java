package io.etcdrobustness.operator;

/** The entry of the container image: the first argument is the role. */
public final class Main {

  private Main() {}

  /** Runs the role and exits with its code; see docs/architecture.md, "One image, many roles". */
  public static void main(String[] args) {
    System.exit(io.etcdrobustness.cli.Main.execute(args));
  }
}
