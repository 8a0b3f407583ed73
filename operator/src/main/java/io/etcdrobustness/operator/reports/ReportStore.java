package io.etcdrobustness.operator.reports;

import io.etcdrobustness.operator.reports.RefusedReportException.Why;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.report.ReportSummary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports on a volume; from any thread.
 *
 * <pre>
 * reports/NAMESPACE/RUN/ARRIVAL/report/       the folder as the runner sent it
 * reports/NAMESPACE/RUN/ARRIVAL/arrival.json  when it came, how large it is
 * incoming/ARRIVAL/                           what is being unpacked
 * leaving/ARRIVAL/                            what is being deleted
 * </pre>
 *
 * <p>What an earlier runner of the same run had sent as evidence of violated windows, and a later
 * one does not have, stays: in {@link ReportFolder#BEFORE} of the report that replaces it.
 *
 * <p>A report comes and goes by one rename, so that it is there whole or not at all, also after the
 * operator was killed. A report that replaces another has another folder: readers of the old one
 * are not disturbed, and there is no moment without a report.
 */
public final class ReportStore {

  private static final Logger LOG = LoggerFactory.getLogger(ReportStore.class);

  private static final String REPORT = "report";
  private static final String ARRIVAL = "arrival.json";

  /** So often the volume is asked for its free space. */
  private static final long ASK_VOLUME = 16 << 20;

  private final Path reports;
  private final Path incoming;
  private final Path leaving;
  private final Limits limits;
  private final InstantSource clock;
  private final Volume volume;

  private final Map<ReportId, Kept> index = new HashMap<>();
  private long used;
  private long arrivals;

  /** Tells how many bytes are free. */
  interface Volume {
    long free() throws IOException;
  }

  private record Kept(StoredReport report, Path folder) {}

  private record Arrival(@Nullable String uid, @Nullable String receivedAt, long bytes) {}

  private ReportStore(Path directory, Limits limits, InstantSource clock, Volume volume) {
    this.reports = directory.resolve("reports");
    this.incoming = directory.resolve("incoming");
    this.leaving = directory.resolve("leaving");
    this.limits = limits;
    this.clock = clock;
    this.volume = volume;
  }

  /**
   * The store in {@code directory}, with the reports that are there.
   *
   * @throws IOException if the volume cannot be read or written
   */
  public static ReportStore open(Path directory, Limits limits, InstantSource clock)
      throws IOException {
    Files.createDirectories(directory);
    return open(directory, limits, clock, () -> Files.getFileStore(directory).getUsableSpace());
  }

  static ReportStore open(Path directory, Limits limits, InstantSource clock, Volume volume)
      throws IOException {
    ReportStore store = new ReportStore(directory, limits, clock, volume);
    store.begin();
    return store;
  }

  private synchronized void begin() throws IOException {
    for (Path unfinished : List.of(incoming, leaving)) {
      Trees.delete(unfinished);
      Files.createDirectories(unfinished);
    }
    Files.createDirectories(reports);
    for (Path namespace : Trees.folders(reports)) {
      for (Path run : Trees.folders(namespace)) {
        Optional<ReportId> id = ReportId.of(name(namespace), name(run));
        for (Path folder : id.isPresent() ? Trees.folders(run) : List.<Path>of()) {
          find(id.get(), folder);
        }
      }
    }
    LOG.info("{} reports of {} bytes are kept in {}", index.size(), used, reports);
  }

  /** A folder that was there; of two of one run the newer one stays. */
  private void find(ReportId id, Path folder) throws IOException {
    StoredReport report;
    try {
      report = read(id, folder);
    } catch (IOException | DateTimeException damaged) {
      LOG.warn("{} is deleted, it cannot be read: {}", folder, damaged.toString());
      remove(folder);
      return;
    }
    Kept before = index.get(id);
    if (before == null || before.report.receivedAt().isBefore(report.receivedAt())) {
      keep(new Kept(report, folder));
    } else {
      remove(folder);
    }
  }

  private static StoredReport read(ReportId id, Path folder) throws IOException {
    Arrival arrival = Json.read(Files.readString(folder.resolve(ARRIVAL)), Arrival.class);
    if (arrival.uid == null || arrival.receivedAt == null) {
      throw new IOException(ARRIVAL + " lacks uid or receivedAt");
    }
    return new StoredReport(
        id,
        arrival.uid,
        Instant.parse(arrival.receivedAt),
        arrival.bytes,
        ReportSummary.read(folder.resolve(REPORT)));
  }

  /** All reports that are kept. */
  public synchronized List<StoredReport> list() {
    return index.values().stream()
        .map(Kept::report)
        .sorted(Comparator.comparing(report -> report.id().toString()))
        .toList();
  }

  /** The report of a run, if it is kept. */
  synchronized Optional<StoredReport> find(ReportId id) {
    return Optional.ofNullable(index.get(id)).map(Kept::report);
  }

  /** Bytes on disk. */
  public synchronized long bytes() {
    return used;
  }

  /** The folder of a run's report, if it is kept. */
  public synchronized Optional<Path> folder(ReportId id) {
    return Optional.ofNullable(index.get(id)).map(kept -> kept.folder.resolve(REPORT));
  }

  /**
   * Deletes the report of a run.
   *
   * @return whether there was one
   */
  public boolean delete(String namespace, String run) throws IOException {
    Optional<ReportId> id = ReportId.of(namespace, run);
    return id.isPresent() && drop(id.get());
  }

  private synchronized boolean drop(ReportId id) throws IOException {
    Kept kept = index.remove(id);
    if (kept == null) {
      return false;
    }
    used -= kept.report.bytes();
    remove(kept.folder);
    return true;
  }

  /**
   * Takes a report; one of the same run is replaced.
   *
   * @param uid of the run
   * @param tarGz its folder; read to its end unless it is refused
   * @throws RefusedReportException if it is not to be taken
   * @throws IOException if the sender went away
   */
  public StoredReport accept(ReportId id, String uid, InputStream tarGz)
      throws IOException, RefusedReportException {
    Path temporary = arrival();
    try {
      Path folder = make(temporary.resolve(REPORT));
      long bytes = new TarIntake(limits, new Watermark()::take).unpack(tarGz, folder);
      ReportSummary summary = summary(folder);
      bytes += keepEvidence(id, uid, folder);
      StoredReport report = new StoredReport(id, uid, clock.instant(), bytes, summary);
      write(temporary.resolve(ARRIVAL), report);
      commit(report, temporary);
      return report;
    } finally {
      Trees.delete(temporary);
    }
  }

  /** Links what is to stay of the report that this one replaces; how large it is. */
  private synchronized long keepEvidence(ReportId id, String uid, Path folder)
      throws RefusedReportException {
    Kept replaced = index.get(id);
    if (replaced == null || !replaced.report.uid().equals(uid)) {
      return 0;
    }
    Path before = replaced.folder.resolve(REPORT);
    try {
      boolean isAllThere = EarlierEvidence.isIn(folder, before);
      Path stays = isAllThere ? before.resolve(ReportFolder.BEFORE) : before;
      if (!Files.isDirectory(stays, LinkOption.NOFOLLOW_LINKS)) {
        return 0;
      }
      Path place = folder.resolve(ReportFolder.BEFORE);
      Trees.delete(place);
      Trees.link(stays, place);
      return Trees.bytes(place);
    } catch (IOException unwritable) {
      throw cannotWrite(unwritable);
    }
  }

  private static ReportSummary summary(Path folder) throws RefusedReportException {
    try {
      return ReportSummary.read(folder);
    } catch (IOException none) {
      throw new RefusedReportException(Why.MALFORMED, String.valueOf(none.getMessage()));
    }
  }

  private Path arrival() throws RefusedReportException {
    String name;
    synchronized (this) {
      name = "%d-%d".formatted(clock.millis(), arrivals++);
    }
    return make(incoming.resolve(name));
  }

  private static Path make(Path folder) throws RefusedReportException {
    try {
      return Files.createDirectory(folder);
    } catch (IOException unwritable) {
      throw cannotWrite(unwritable);
    }
  }

  private static void write(Path file, StoredReport report) throws RefusedReportException {
    try {
      Files.writeString(
          file, Json.of(new Arrival(report.uid(), report.receivedAt().toString(), report.bytes())));
    } catch (IOException unwritable) {
      throw cannotWrite(unwritable);
    }
  }

  private static RefusedReportException cannotWrite(IOException failure) {
    return new RefusedReportException(
        Why.NO_ROOM, "the volume of reports cannot be written: " + failure);
  }

  private synchronized void commit(StoredReport report, Path temporary)
      throws RefusedReportException {
    Kept before = index.get(report.id());
    long replaced = before == null ? 0 : before.report.bytes();
    long missing = used - replaced + report.bytes() - limits.store();
    List<StoredReport> others =
        index.values().stream()
            .map(Kept::report)
            .filter(other -> !other.id().equals(report.id()))
            .toList();
    List<StoredReport> victims =
        Eviction.victims(others, missing, report)
            .orElseThrow(() ->
                new RefusedReportException(
                    Why.NO_ROOM,
                    "the store of %d MiB is full of reports that must not go for one that is %s;"
                            .formatted(limits.store() >> 20, report.summary().verdict().label())
                        + " give it more room, or delete runs that failed"));
    try {
      for (StoredReport victim : victims) {
        LOG.info("the report of {} goes, to make room for that of {}", victim.id(), report.id());
        drop(victim.id());
      }
      Path run =
          Files.createDirectories(
              reports.resolve(report.id().namespace()).resolve(report.id().run()));
      Path place = run.resolve(name(temporary));
      Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
      keep(new Kept(report, place));
    } catch (IOException unwritable) {
      throw cannotWrite(unwritable);
    }
  }

  private void keep(Kept kept) throws IOException {
    Kept before = index.put(kept.report.id(), kept);
    used += kept.report.bytes();
    if (before != null) {
      used -= before.report.bytes();
      remove(before.folder);
    }
  }

  private void remove(Path folder) throws IOException {
    Path going = leaving.resolve(name(folder));
    Files.move(folder, going, StandardCopyOption.ATOMIC_MOVE);
    Trees.delete(going);
    // A run's folder and its namespace's go with their last report.
    for (Path empty = folder.getParent();
        empty != null && !empty.equals(reports) && Trees.deleteIfEmpty(empty);
        empty = empty.getParent()) {
      LOG.debug("{} is empty and deleted", empty);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /** Keeps the volume from running full while one report is unpacked. */
  private final class Watermark {
    private long untilAsked;

    void take(long bytes) throws IOException, RefusedReportException {
      untilAsked -= bytes;
      if (untilAsked > 0) {
        return;
      }
      untilAsked = ASK_VOLUME;
      long missing = limits.slack() + bytes - volume.free();
      if (missing > 0) {
        free(missing);
      }
    }

    private void free(long missing) throws IOException, RefusedReportException {
      synchronized (ReportStore.this) {
        List<StoredReport> victims =
            Eviction.victims(list(), missing)
                .orElseThrow(() ->
                    new RefusedReportException(
                        Why.NO_ROOM,
                        "the volume of reports is full; make it larger, or the store's size"
                            + " smaller than it"));
        for (StoredReport victim : victims) {
          LOG.warn("the report of {} goes, the volume is nearly full", victim.id());
          drop(victim.id());
        }
      }
    }
  }
}
