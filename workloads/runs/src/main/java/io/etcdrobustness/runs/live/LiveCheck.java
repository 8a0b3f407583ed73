package io.etcdrobustness.runs.live;

import io.etcdrobustness.checker.Excerpt;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.checker.snapshot.SnapshotReader;
import io.etcdrobustness.checker.snapshot.SnapshotWriter;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.segment.LivePass;
import io.etcdrobustness.history.segment.SegmentReader;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.RunListener;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges a record while it is being written.
 *
 * <p>One pass proves what it can, as it does off-line, of what the writer says is complete. What it
 * cannot prove is not broken for that: the last stretch of the record is judged by itself, which
 * convicts or says nothing, and the whole is judged when it is closed. Only the store, what is in
 * flight, and that stretch are in memory.
 */
public final class LiveCheck implements Closeable {

  private static final long SECOND = 1_000_000_000L;

  /** How many entries the last stretch has. */
  private static final int STRETCH = 1 << 16;

  /** More than wait behind any request that is answered at all. */
  private static final int MOST_WAITING = 1 << 20;

  private static final long OPERATIONS_BETWEEN_CHECKPOINTS = 1_000_000;
  private static final long TIME_BETWEEN_CHECKPOINTS = 60 * SECOND;

  /** How many operations go by between two looks at what holds; see the pass. */
  private static final int BETWEEN_LOOKS = 64;

  private final Path folder;
  private final Judging judging;
  private final Pace pace;
  private final LiveListener listener;
  private final Optional<CheckpointFile> checkpoints;
  private final long begun;

  private final Set<Property> holding = new LinkedHashSet<>();
  private final Set<Property> open = new LinkedHashSet<>();
  private final Map<Property, Finding> violated = new LinkedHashMap<>();
  private LivePass record;
  private LiveMessages messages;
  private Optional<OnePass> pass = Optional.empty();
  private Optional<Excerpt> stretch = Optional.empty();
  private long operations;
  private long lastCall = Long.MIN_VALUE;

  /** All that was called before it has been judged; nanoseconds of the run. */
  private long judgedUntil;

  private long revision;
  private long told;
  private long toldOperations;
  private long grown;

  /** What was told to be broken, perhaps as acknowledged. */
  private final Set<String> suspicious = new HashSet<>();

  private int sinceConviction;

  /** When, and at which operation, the last checkpoint was written. */
  private long saved;

  private long savedOperations;

  /** Whether the pass is in the middle of a step, and of no use to a checkpoint. */
  private boolean taking;

  /** What following a record gave. */
  public record Result(Judging.Result judged, long operations, List<String> notes) {}

  /** Whoever watches has had enough, in the middle of a step. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param folder of the segments, which need not be there yet
   */
  public LiveCheck(Path folder, Judging judging, Pace pace, LiveListener listener) {
    this(folder, judging, pace, listener, Optional.empty());
  }

  /**
   * @param folder of the segments, which need not be there yet
   * @param checkpoints where it goes on from, if that is of the same check, and leaves word for
   *     whoever goes on
   */
  public LiveCheck(
      Path folder,
      Judging judging,
      Pace pace,
      LiveListener listener,
      Optional<CheckpointFile> checkpoints) {
    this.checkpoints = checkpoints;
    this.folder = folder;
    this.judging = judging;
    this.pace = pace;
    this.listener = listener;
    record = new LivePass(folder);
    messages = new LiveMessages(record, this::more);
    begun = pace.now();
    told = begun;
    grown = begun;
    saved = begun;
    holding.addAll(judging.judged());
  }

  /**
   * Follows the record until it is closed, or until whoever watches has had enough.
   *
   * @throws IOException if it cannot be read, or is damaged
   */
  public Result follow() throws IOException {
    try {
      goThrough();
      return closed();
    } catch (Stopped enough) {
      if (!taking) {
        save();
      }
      return stopped();
    } catch (UncheckedIOException unreadable) {
      throw new IOException(unreadable.getMessage(), unreadable);
    }
  }

  private void goThrough() throws IOException {
    while (record.facts().isEmpty()) {
      pause();
    }
    History.Facts facts = record.facts().orElseThrow();
    boolean resumed = checkpoints.filter(CheckpointFile::exists).map(this::resumes).orElse(false);
    stretch = Optional.of(new Excerpt(facts, !resumed, STRETCH));
    if (!resumed) {
      pass = Optional.of(judging.follow(facts, messages));
    }
    while (true) {
      saveNowAndThen();
      Optional<Operation> next = pass.isPresent() ? record.nextOperation() : Optional.empty();
      if (next.isPresent()) {
        take(pass.orElseThrow(), next.get());
      } else if (record.closed()) {
        look();
        return;
      } else {
        look();
        // All that was called before has been judged.
        judgedUntil = Math.max(judgedUntil, record.callsUntil());
        more();
      }
    }
  }

  // A bug on the way costs the proofs alone: the whole is judged then.
  private void take(OnePass following, Operation operation) {
    messages.at(operation.call());
    taking = true;
    try {
      following.take(operation);
    } catch (Stopped | UncheckedIOException passOn) {
      throw passOn;
    } catch (RuntimeException | Error bug) {
      taking = false;
      leave(holding, "the pass failed, which is a bug of the checker: " + bug);
      return;
    }
    taking = false;
    lastCall = operation.call();
    judgedUntil = Math.max(judgedUntil, lastCall);
    if (++operations % BETWEEN_LOOKS == 0) {
      look();
      tell();
    }
  }

  private void saveNowAndThen() {
    if (operations - savedOperations >= OPERATIONS_BETWEEN_CHECKPOINTS
        || (checkpoints.isPresent() && pace.now() - saved >= TIME_BETWEEN_CHECKPOINTS)) {
      save();
    }
  }

  /** A checkpoint that cannot be written is told, and takes nothing from the check. */
  private void save() {
    saved = pace.now();
    savedOperations = operations;
    if (checkpoints.isEmpty() || stretch.isEmpty()) {
      return;
    }
    try {
      checkpoints
          .get()
          .write(out -> {
            SnapshotWriter writer = new SnapshotWriter(out);
            writer.write(checkpoint());
            if (pass.isPresent()) {
              for (Object part : record.state()) {
                writer.write(part);
              }
              for (Object part : pass.get().state()) {
                writer.write(part);
              }
            }
          });
    } catch (IOException unwritten) {
      listener.note("no checkpoint in %s: %s".formatted(checkpoints.get(), unwritten.getMessage()));
    }
  }

  private Checkpoint checkpoint() throws IOException {
    return new Checkpoint(
        judging.inWords(),
        record.facts().orElseThrow(),
        record.position(),
        operations,
        lastCall,
        judgedUntil,
        revision,
        pass.isPresent(),
        names(holding),
        names(open),
        List.copyOf(violated.values()));
  }

  /** Goes on from the checkpoint; false, and as if there were none, if that does not fit. */
  private boolean resumes(CheckpointFile file) {
    LivePass untouched = record;
    LiveMessages untouchedMessages = messages;
    try {
      SnapshotReader reader = new SnapshotReader(file.read(), judging.judged());
      Checkpoint checkpoint = reader.read(Checkpoint.class);
      LivePass resumed = new LivePass(folder);
      mustFit(checkpoint, resumed);
      record = resumed;
      messages = new LiveMessages(record, this::more);
      Optional<OnePass> passing = Optional.empty();
      if (checkpoint.passing()) {
        OnePass filled = judging.follow(checkpoint.facts(), messages);
        for (Object part : record.state()) {
          reader.fill(part);
        }
        for (Object part : filled.state()) {
          reader.fill(part);
        }
        passing = Optional.of(filled);
      }
      untouched.close();
      takeUp(checkpoint, passing);
      return true;
    } catch (IOException | RuntimeException unfit) {
      // Whatever is wrong with it, the record is whole, and tells all again.
      record = untouched;
      messages = untouchedMessages;
      listener.note(
          "the checkpoint in %s is not used: %s; judging from the beginning"
              .formatted(file, unfit.getMessage()));
      return false;
    }
  }

  private void mustFit(Checkpoint checkpoint, LivePass resumed) throws IOException {
    if (!checkpoint.judged().equals(judging.inWords())) {
      throw new IOException("it is of a check of other properties, or by another spec");
    }
    if (!resumed.facts().equals(Optional.of(checkpoint.facts()))
        || !resumed.goTo(checkpoint.place())) {
      throw new IOException("it is of another record");
    }
  }

  private void takeUp(Checkpoint checkpoint, Optional<OnePass> passing) {
    pass = passing;
    operations = checkpoint.operations();
    savedOperations = operations;
    toldOperations = operations;
    lastCall = checkpoint.lastCall();
    judgedUntil = checkpoint.judgedUntil();
    revision = checkpoint.revision();
    for (Property property : judging.judged()) {
      if (!checkpoint.holding().contains(property.name())) {
        holding.remove(property);
      }
      if (checkpoint.open().contains(property.name())) {
        open.add(property);
      }
      for (Finding finding : checkpoint.violated()) {
        if (finding.property().equals(property.name())) {
          violated.put(property, finding);
        }
      }
    }
    listener.note(
        "goes on from a checkpoint: %,d operations had been judged, up to %.3f s of the run"
            .formatted(operations, judgedUntil / 1e9));
  }

  /** Reads the next block, or waits if there is none. */
  private void more() {
    try {
      boolean read = record.read(this::recorded);
      List<Entry> happenings = record.takeHappenings();
      if (!happenings.isEmpty()) {
        pass.ifPresent(following -> following.happened(happenings));
      }
      if (pass.isEmpty()) {
        record.forget();
      } else if (record.waiting() > MOST_WAITING) {
        leave(
            holding,
            "more than %,d entries wait for a request in flight, or for the record to say that there is none"
                .formatted(MOST_WAITING));
      }
      if (sinceConviction >= STRETCH / 2) {
        convict(open);
      }
      if (read || record.closed()) {
        grown = pace.now();
        if (pass.isEmpty()) {
          tell();
        }
      } else {
        pause();
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable.getMessage(), unreadable);
    }
  }

  private void recorded(Entry entry) {
    stretch.ifPresent(last -> last.add(entry));
    sinceConviction++;
  }

  private void pause() {
    tell();
    if (pace.stopped()) {
      throw new Stopped();
    }
    pace.await();
    if (pace.stopped()) {
      throw new Stopped();
    }
  }

  /** Notes which properties the pass does not prove any more. */
  private void look() {
    pass.ifPresent(following -> {
      Set<Property> lost = new LinkedHashSet<>(holding);
      lost.removeIf(following::hopeful);
      if (following.executed() > 0) {
        revision = following.executed();
      }
      if (!lost.isEmpty()) {
        leave(
            lost,
            "about %.3f s of the run, revision %d, there is something that only the whole can tell of"
                .formatted(lastCall / 1e9, revision));
      }
    });
  }

  private void leave(Set<Property> lost, String why) {
    Set<Property> left = new LinkedHashSet<>(lost);
    holding.removeAll(left);
    open.addAll(left);
    if (holding.isEmpty()) {
      pass = Optional.empty();
      record.forget();
    }
    convict(left);
    List<String> names = left.stream().filter(open::contains).map(Property::name).toList();
    if (!names.isEmpty()) {
      listener.left(names, why);
    }
  }

  /** Whether the last stretch shows that one of {@code suspected} is broken. */
  private void convict(Set<Property> suspected) {
    sinceConviction = 0;
    if (stretch.isEmpty() || suspected.isEmpty()) {
      return;
    }
    for (Finding finding : judging.convicted(stretch.get(), Set.copyOf(suspected))) {
      for (Property property : List.copyOf(open)) {
        if (!property.name().equals(finding.property())) {
          continue;
        }
        if (!judging.acknowledges()) {
          open.remove(property);
          violated.put(property, finding);
          listener.violated(finding);
        } else if (suspicious.add(property.name())) {
          listener.note(
              "%s is broken; whether by an issue that the test acknowledges, the whole tells: %s"
                  .formatted(property.name(), finding.violations().getFirst().summary()));
        }
      }
    }
  }

  private void tell() {
    long now = pace.now();
    if (now - told >= SECOND) {
      listener.standing(standing(now));
      told = now;
      toldOperations = operations;
    }
  }

  private Standing standing(long now) {
    return new Standing(
        operations,
        (operations - toldOperations) * (double) SECOND / Math.max(1, now - told),
        pass.map(OnePass::executed).orElse(0L),
        judgedUntil,
        record.latest() > judgedUntil ? record.latest() - judgedUntil : 0,
        pass.map(OnePass::inFlight).orElse(0),
        record.waitingOperations(),
        now - grown,
        names(holding),
        names(open),
        names(violated.keySet()));
  }

  private static List<String> names(Set<Property> properties) {
    return properties.stream().map(Property::name).toList();
  }

  private Duration elapsed() {
    return Duration.ofNanos(pace.now() - begun);
  }

  private Result closed() throws IOException {
    Judging.Proofs proofs =
        new Judging.Proofs(whole() ? proved() : Map.of(), operations, elapsed());
    Optional<Judging.Result> settled = judging.settledBy(proofs);
    if (settled.isPresent()) {
      return new Result(settled.get(), operations, record.notes());
    }
    Loaded loaded = Loaded.of(SegmentReader.open(folder));
    Judging.Result judged = judging.judge(List.of(loaded.history()), proofs, new Told(listener));
    return new Result(borneOut(judged), loaded.history().operations().size(), loaded.notes());
  }

  /** A record of ours says that the run ended; see {@code SegmentPass}. */
  private boolean whole() {
    if (pass.isEmpty()) {
      return false;
    }
    History frame = pass.get().frame();
    boolean ours = !frame.phases().isEmpty() || !frame.memberEvents().isEmpty();
    return record.notes().isEmpty()
        && (!ours || frame.phases().stream().anyMatch(phase -> phase.name() == Phase.Name.END));
  }

  private Map<Property, Finding> proved() {
    try {
      Map<Property, Finding> proved = new LinkedHashMap<>();
      pass.ifPresent(following -> proved.putAll(following.end()));
      proved.keySet().retainAll(holding);
      return proved;
    } catch (Stopped | UncheckedIOException passOn) {
      throw passOn;
    } catch (RuntimeException | Error bug) {
      listener.note("the pass failed at its end, which is a bug of the checker: " + bug);
      return Map.of();
    }
  }

  /** What was called a violation must be one in the whole. */
  private Judging.Result borneOut(Judging.Result judged) {
    if (violated.isEmpty() || judged.assessment().verdict() == Verdict.FAILED) {
      return judged;
    }
    return new Judging.Result(
        judged
            .assessment()
            .and(
                Verdict.INCONCLUSIVE,
                "%s was found violated while the record was written, and the whole does not show it: a bug of the checker"
                    .formatted(String.join(", ", names(violated.keySet())))),
        judged.time());
  }

  private Result stopped() {
    Map<Property, Finding> findings = new LinkedHashMap<>();
    for (Property property : holding) {
      findings.put(
          property,
          Finding.undecided(
              property,
              0,
              "holds up to %.3f s of the run; the record was not closed when watching ended"
                  .formatted(judgedUntil / 1e9)));
    }
    for (Property property : open) {
      findings.put(
          property, Finding.undecided(property, 0, "only the whole record can tell, once closed"));
    }
    findings.putAll(violated);
    return new Result(judging.result(findings, elapsed()), operations, record.notes());
  }

  @Override
  public void close() throws IOException {
    record.close();
  }

  /** The judging of the whole, as a listener here wants it. */
  private record Told(LiveListener listener) implements RunListener {

    @Override
    public void note(String sentence) {
      listener.note(sentence);
    }

    @Override
    public void progress(Progress progress) {
      // No run goes on.
    }

    @Override
    public void judged(Finding finding) {
      listener.judged(finding);
    }
  }
}
