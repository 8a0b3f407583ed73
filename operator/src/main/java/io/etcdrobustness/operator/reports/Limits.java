package io.etcdrobustness.operator.reports;

/**
 * How much is taken.
 *
 * @param report bytes on disk of one report
 * @param store bytes on disk of all of them
 * @param entries files and folders of one report
 * @param expansion times that a report may grow when it is unpacked, beyond {@code unsuspicious}
 *     bytes: logs grow tenfold, a bomb a thousandfold
 * @param unsuspicious bytes that nobody calls a bomb
 * @param slack bytes of the volume that are left free
 */
public record Limits(
    long report, long store, int entries, int expansion, long unsuspicious, long slack) {

  private static final long MEBI = 1 << 20;

  /** The limits of a store of this size: a report may take half of it, at most 2 GiB. */
  public static Limits ofStore(long bytes) {
    return new Limits(
        Math.min(bytes / 2, 2048 * MEBI),
        bytes,
        10_000,
        200,
        64 * MEBI,
        Math.min(bytes / 20, 16 * MEBI));
  }
}
