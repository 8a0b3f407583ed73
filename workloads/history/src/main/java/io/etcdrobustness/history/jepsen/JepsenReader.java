package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.Loaded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a {@code history.edn} of Jepsen's tests of etcd (github.com/jepsen-io/etcd), or the folder
 * of a run, {@code store/<test>/<time>}, in which it lies.
 *
 * <p>What comes of it may be several histories, all of which must stand: one for each register, or
 * one of the contents and one of the revisions.
 */
public final class JepsenReader {

  private static final Edn SET_KEY = new Edn.Text("a-set");

  private final JepsenFile file;
  private final Optional<TestName> name;
  private final Reads asked;
  private final List<FaultWindow> faults;
  private final List<String> notes = new ArrayList<>();

  private JepsenReader(JepsenFile file, Optional<TestName> name, Reads asked) {
    this.file = file;
    this.name = name;
    this.asked = asked;
    this.faults = Nemesis.windows(file.nemesis());
  }

  /** Whether {@code path} is such a file, or has one in it. */
  public static boolean recognizes(Path path) throws IOException {
    return JepsenFile.recognizes(JepsenFile.find(path));
  }

  /**
   * Reads all histories of the file; the notes are the first one's.
   *
   * @param reads whether plain reads were serializable
   * @throws HistoryFormatException if it is no such file, or a workload of which the file does not
   *     tell enough to judge it: says what is missing
   * @throws IOException if it cannot be read
   */
  public static List<Loaded> readAll(Path path, Reads reads) throws IOException {
    Path file = JepsenFile.find(path);
    Optional<TestName> name = TestName.above(file);
    return new JepsenReader(JepsenFile.read(file), name, reads).read();
  }

  private List<Loaded> read() throws HistoryFormatException {
    Workload workload = Workload.of(file, name);
    List<History> histories =
        switch (workload) {
          case REGISTER -> registers();
          case APPEND -> append();
          case WR -> List.of(wr());
          case SET -> List.of(single(workload, Growth.Kind.SET, Set.of(SET_KEY)));
          case LOCK_ETCD_SET -> List.of(single(workload, Growth.Kind.LIST, Set.of()));
          case WATCH -> List.of(watch());
          case LOCK ->
              throw refused(
                  workload,
                  "a lock of etcd is held as long as its lease lives, and neither leases nor their"
                      + " keep-alives are in the history, so nobody can tell who held it when;"
                      + " judged are the workloads that lock for a purpose, such as lock-etcd-set");
          case LOCK_SET ->
              throw refused(
                  workload,
                  "its set lives in the tester's memory and not in etcd, which does not promise to"
                      + " protect it: whoever loses the lease goes on writing; lock-etcd-set keeps"
                      + " the set in etcd, and is judged");
          case NONE -> throw refused(workload, "it has no operation of a client");
        };
    if (!file.timed()) {
      notes.add(
          "the operations have no :time: their order in the file is taken for the time, so times"
              + " are places in the file and no nanoseconds");
    }
    if (workload != Workload.WATCH && !name.map(TestName::withoutRetries).orElse(false)) {
      notes.add(
          "jetcd, Jepsen's client, may send a request again by itself, unless the test ran with"
              + " --retry-max-attempts 0: a write that happened twice, or although it was refused,"
              + " may be jetcd's doing (jepsen.io, \"jetcd 0.8.2\")");
    }
    List<Loaded> loaded = new ArrayList<>();
    for (History history : histories) {
      loaded.add(new Loaded(history, loaded.isEmpty() ? notes : List.of()));
    }
    return loaded;
  }

  private List<History> registers() throws HistoryFormatException {
    Registers registers = new Registers(reads());
    List<History> histories = registers.histories(file.calls(), faults);
    notes.addAll(registers.notes());
    return histories;
  }

  /** The contents tell the order in any case; the revisions come on top. */
  private List<History> append() throws HistoryFormatException {
    boolean anySingle = false;
    List<GrowingTxn> txns = new ArrayList<>();
    for (Call call : file.calls()) {
      GrowingTxn txn = GrowingTxn.append(call);
      boolean single = call.ended() == Call.End.OK && !txn.adds() && txn.steps().size() == 1;
      anySingle |= single;
      if (!single || reads() == Reads.LINEARIZABLE) {
        txns.add(txn);
      }
    }
    List<History> histories = new ArrayList<>();
    histories.add(growing(Growth.Kind.LIST, txns, Set.of()));
    if (anySingle && reads() == Reads.SERIALIZABLE) {
      notes.add("transactions of one read alone may have been serializable: they are not judged");
    }
    if (DebuggedTxns.areIn(file.calls())) {
      DebuggedTxns.Read read = DebuggedTxns.read(file.calls(), faults);
      notes.add("this test ran with --debug: its transactions are also judged by their revisions");
      if (read.undebugged() > 0) {
        notes.add(read.undebugged() + " reads tell no revision, and are judged by contents alone");
      }
      histories.add(read.history());
    }
    return histories;
  }

  private History wr() throws HistoryFormatException {
    if (!DebuggedTxns.areIn(file.calls())) {
      throw refused(
          Workload.WR,
          "values of registers do not tell in which order they were written, and this history has"
              + " no revisions: run the test with --debug (since December 2022), which records them");
    }
    return DebuggedTxns.read(file.calls(), faults).history();
  }

  private History single(Workload workload, Growth.Kind kind, Set<Edn> start)
      throws HistoryFormatException {
    if (reads() == Reads.SERIALIZABLE) {
      throw refused(
          workload,
          "its reads were serializable (--serializable), so they may be of any time, and no"
              + " revision tells of which");
    }
    List<GrowingTxn> txns = new ArrayList<>();
    for (Call call : file.calls()) {
      txns.add(GrowingTxn.single(call, SET_KEY));
    }
    return growing(kind, txns, start);
  }

  private History growing(Growth.Kind kind, List<GrowingTxn> txns, Set<Edn> start)
      throws HistoryFormatException {
    Growing.Read read = Growing.read(kind, txns, start, faults);
    notes.add(
        "this workload tells no revisions: they are derived from what was read and when, so that"
            + " they are right if any can be; each operation is judged as one transaction");
    notes.addAll(read.notes());
    return read.history();
  }

  private History watch() throws HistoryFormatException {
    Watches.Read read = Watches.read(file.calls(), faults);
    notes.add(
        "puts tell no revision: each has the one that watches told for its value; of a final-watch"
            + " only the last part is in the history");
    if (read.unplaced() > 0) {
      notes.add(
          read.unplaced()
              + " puts were answered, but no watch told of them, or not of one revision: they are"
              + " taken as unknown");
    }
    notes.addAll(read.lost());
    return read.history();
  }

  /** What plain reads are, by whoever knows. */
  private Reads reads() throws HistoryFormatException {
    return switch (asked) {
      case SERIALIZABLE -> Reads.SERIALIZABLE;
      case LINEARIZABLE ->
          name.map(TestName::serializable).orElse(false) ? Reads.SERIALIZABLE : Reads.LINEARIZABLE;
      case AS_NAMED -> {
        if (name.isEmpty()) {
          throw new HistoryFormatException(
              file.path(),
              "",
              "nothing tells whether the reads of this test were serializable, which decides"
                  + " whether they may be stale: leave the file in the folder that Jepsen named"
                  + " after the test (store/etcd …/…), or say so by check --format jepsen (they were"
                  + " not) or --format jepsen-serializable (the test ran with --serializable)");
        }
        yield name.get().serializable() ? Reads.SERIALIZABLE : Reads.LINEARIZABLE;
      }
    };
  }

  private HistoryFormatException refused(Workload workload, String why) {
    return new HistoryFormatException(
        file.path(), "", "the workload " + workload.label() + " cannot be judged: " + why);
  }
}
