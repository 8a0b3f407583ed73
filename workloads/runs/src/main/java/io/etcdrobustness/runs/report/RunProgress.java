package io.etcdrobustness.runs.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is, which lies in its folder while it goes on, as {@code progress.json}. Nothing is
 * judged by it.
 *
 * @param phase one word
 * @param at when this was so; a run that goes on tells about once a second
 * @param elapsed seconds of the traffic's time
 * @param total likewise, of all
 * @param operations that have ended
 * @param leader the member last seen to be leader; empty: none yet
 * @param faults in effect, in words
 * @param rates operations per second, of the last times that it told, the newest last
 */
public record RunProgress(
    String phase,
    String at,
    long elapsed,
    long total,
    long operations,
    String leader,
    List<String> faults,
    List<Long> rates) {

  /** So many rates are told. */
  public static final int MOST_RATES = 120;

  private static final String FILE = "progress.json";
  private static final long LONGEST = 100_000;

  /** From when on nobody believes that a run goes on that tells nothing. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  /** The same while there is no traffic: a cluster starts, a history is judged. */
  private static final Duration LONG_SILENCE = Duration.ofMinutes(15);

  private static final Set<String> TELLING = Set.of("Running", "Healing");

  public RunProgress {
    faults = List.copyOf(faults);
    rates = List.copyOf(rates);
  }

  /** Whole or not at all. */
  public void write(Path directory) throws IOException {
    Path partial = directory.resolve("." + FILE + ".partial");
    Files.writeString(partial, Json.of(this));
    Files.move(
        partial,
        directory.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The run is over. */
  public static void delete(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
  }

  private record Stored(
      @Nullable String phase,
      @Nullable String at,
      long elapsed,
      long total,
      long operations,
      @Nullable String leader,
      @Nullable List<String> faults,
      @Nullable List<Long> rates) {}

  /**
   * What the run in {@code directory} tells; empty if it does not, or has not for so long that it
   * is none any more.
   *
   * @param now on the clock by which it tells when
   */
  public static Optional<RunProgress> read(Path directory, Instant now) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST) {
      return Optional.empty();
    }
    Stored stored = Json.read(Files.readString(file), Stored.class);
    if (stored == null || stored.phase == null || stored.at == null) {
      return Optional.empty();
    }
    try {
      Duration patience = TELLING.contains(stored.phase) ? SILENCE : LONG_SILENCE;
      if (Instant.parse(stored.at).plus(patience).isBefore(now)) {
        return Optional.empty();
      }
    } catch (DateTimeParseException wrong) {
      return Optional.empty();
    }
    return Optional.of(
        new RunProgress(
            stored.phase,
            stored.at,
            stored.elapsed,
            stored.total,
            stored.operations,
            stored.leader == null ? "" : stored.leader,
            stored.faults == null ? List.of() : stored.faults,
            stored.rates == null ? List.of() : stored.rates));
  }
}
