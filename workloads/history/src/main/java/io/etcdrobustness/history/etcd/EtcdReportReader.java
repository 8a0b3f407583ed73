package io.etcdrobustness.history.etcd;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.JsonText;
import io.etcdrobustness.history.file.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a report folder of etcd's robustness suite: {@code client-N/operations.json} and {@code
 * client-N/watch.json}, streams of JSON documents ({@code tests/robustness/report/client.go}).
 *
 * <p>Facts of such a history: nobody else writes and nobody compacts unseen, since the suite starts
 * its own cluster and every client of it records, those that trigger failpoints included; values
 * are not said to be unique (the Kubernetes traffic writes its compactor's key with what was
 * there). The store is taken to be empty at the start only if an answer shows that. Reports from
 * before the suite recorded compactions count as compacting by themselves.
 *
 * <p>Two number spaces: an operation's client is the suite's stream id ({@code ClientId}, a new one
 * after each write that failed), a watch's client is N of its folder.
 */
public final class EtcdReportReader {

  private static final String FOLDER_PREFIX = "client-";
  private static final String OPERATIONS = "operations.json";
  private static final String WATCHES = "watch.json";

  /** {@code <results>/<test name>/<unix nanos>/}: that far down a report may lie. */
  private static final int DEEPEST = 3;

  private final List<Operation> operations = new ArrayList<>();
  private final List<Watch> watches = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private boolean compactionsRecorded;
  private boolean createdRecorded;
  private long nextWatch;

  private EtcdReportReader() {}

  /** Whether {@code folder} is a report, or has reports in it. */
  public static boolean recognizes(Path folder) throws IOException {
    return !find(folder).isEmpty();
  }

  /**
   * Reads the report that {@code folder} is, or the only one that lies in it.
   *
   * @throws HistoryFormatException if there is none or more than one, or a file is not as the suite
   *     writes it; half-written files too, as nobody knows what they lack
   * @throws IOException if it cannot be read
   */
  public static Loaded read(Path folder) throws IOException {
    List<Path> reports = find(folder);
    if (reports.size() != 1) {
      throw new HistoryFormatException(
          folder,
          "",
          reports.isEmpty()
              ? "no report of etcd's robustness suite: expected folders client-N with "
                  + OPERATIONS
                  + " or "
                  + WATCHES
                  + " here or up to "
                  + DEEPEST
                  + " folders down"
              : "holds " + reports.size() + " reports, name one of them: " + reports);
    }
    return new EtcdReportReader().readReport(reports.getFirst());
  }

  private static List<Path> find(Path folder) throws IOException {
    List<Path> level = List.of(folder);
    for (int depth = 0; depth <= DEEPEST && !level.isEmpty(); depth++) {
      List<Path> found = new ArrayList<>();
      List<Path> next = new ArrayList<>();
      for (Path candidate : level) {
        if (clientFolders(candidate).isEmpty()) {
          next.addAll(folders(candidate));
        } else {
          found.add(candidate);
        }
      }
      if (!found.isEmpty()) {
        return found;
      }
      level = next;
    }
    return List.of();
  }

  private static List<Path> folders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<Path> clientFolders(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path client : folders(folder)) {
      if (client.getFileName().toString().startsWith(FOLDER_PREFIX)
          && (Files.isRegularFile(client.resolve(OPERATIONS))
              || Files.isRegularFile(client.resolve(WATCHES)))) {
        found.add(client);
      }
    }
    return found;
  }

  private Loaded readReport(Path report) throws IOException {
    for (Path client : clientFolders(report)) {
      int number = numberOf(client);
      Path operationsFile = client.resolve(OPERATIONS);
      if (Files.isRegularFile(operationsFile)) {
        text(operationsFile)
            .forEach(document -> {
              operations.add(EtcdOperation.read(operations.size(), document));
              compactionsRecorded |= document.object("Input").has("Compact");
            });
      }
      Path watchFile = client.resolve(WATCHES);
      if (Files.isRegularFile(watchFile)) {
        text(watchFile)
            .forEach(document -> {
              createdRecorded |= EtcdWatch.tellsCreated(document);
              watches.addAll(EtcdWatch.read(nextWatch++, number, document));
            });
      }
    }
    boolean empty = startedEmpty();
    if (!empty) {
      notes.add(
          "no answer shows the store empty (revision 1, or a first write at revision 2): nothing is"
              + " known of keys before they are first seen");
    }
    if (!compactionsRecorded) {
      notes.add("this report's suite did not record compactions: they are taken as automatic");
    }
    completeWatches();
    notes.add(
        "etcd's suite records neither when a watch was opened nor when its client closed it: both"
            + " are taken to be as near as possible to its responses");
    List<Entry> entries = new ArrayList<>(inOrderOfCalls());
    entries.addAll(watches);
    return new Loaded(
        History.of(
            new History.Facts(
                empty ? History.Start.EMPTY : History.Start.UNKNOWN,
                !compactionsRecorded,
                false,
                false),
            entries),
        notes);
  }

  /** Operations with ids in the order of their calls, as a stream's folder need not tell it. */
  private List<Operation> inOrderOfCalls() {
    operations.sort(Comparator.comparingLong(Operation::call));
    List<Operation> result = new ArrayList<>(operations.size());
    for (Operation o : operations) {
      result.add(
          new Operation(
              result.size(), o.client(), o.member(), o.request(), o.call(), o.end(), o.outcome()));
    }
    return result;
  }

  /**
   * True if an answer shows revision 1, the revision of a new store, or a write that was given
   * revision 2, the first one.
   */
  private boolean startedEmpty() {
    for (Operation operation : operations) {
      if (operation.outcome() instanceof Outcome.Ok(Response response)) {
        long revision = response.header().revision();
        if (revision == 1 || (revision == 2 && hasPut(operation.request(), response))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean hasPut(Request request, Response response) {
    return request instanceof Request.Txn txn
        && response instanceof Response.TxnDone done
        && (done.succeeded() ? txn.success() : txn.failure())
            .stream().anyMatch(r -> r instanceof Request.Put);
  }

  /**
   * Before 2024 the suite did not record whether an event created its key. It follows from the
   * events before it if these are all known, else the watches cannot be used: a wrong {@code
   * created} would be a false alarm.
   */
  private void completeWatches() {
    boolean hasEvents = watches.stream().anyMatch(w -> w instanceof Watch.Events);
    // Since it records compactions the suite leaves the field out where it is false.
    if (createdRecorded || compactionsRecorded || !hasEvents) {
      return;
    }
    Optional<CreatedEvents> derived = CreatedEvents.derive(watches);
    if (derived.isPresent()) {
      watches.replaceAll(w -> w instanceof Watch.Events e ? derived.get().complete(e) : w);
      notes.add(
          "this report's suite did not record which events create their key: derived from the"
              + " watches of all keys");
    } else {
      watches.clear();
      notes.add(
          "this report's suite did not record which events create their key, and its watches of all"
              + " keys do not show every revision: the watches were left out");
    }
  }

  private static int numberOf(Path clientFolder) throws HistoryFormatException {
    String number = clientFolder.getFileName().toString().substring(FOLDER_PREFIX.length());
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException notNumber) {
      throw new HistoryFormatException(
          clientFolder, "", "expected a number after \"" + FOLDER_PREFIX + "\"");
    }
  }

  private static JsonText text(Path file) throws IOException {
    long size = Files.size(file);
    if (size > Integer.MAX_VALUE - 8) {
      throw new HistoryFormatException(file, "", "larger than 2 GiB: " + size + " bytes");
    }
    return new JsonText(file, Files.readAllBytes(file));
  }
}
