package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * One hunt. Which variations it tries is a function of its seed and of what they reached; with
 * several jobs at once, also of the order in which they come back.
 */
public final class Hunt {

  /** As often something new is tried as something known is changed. */
  private static final double FRESH = 0.5;

  /** Reports of one set of broken properties that are kept; more of the same teach nothing. */
  private static final int KEPT_ALIKE = 5;

  /** Reports of runs without a verdict that are kept of one hunt. */
  private static final int KEPT_UNDECIDED = 5;

  private final Runs machines;
  private final HuntFolder folder;
  private final Listener listener;
  private final Variator variator;
  private final RandomSource random;
  private final String test;
  private final List<HuntFolder.Kept> corpus;
  private final List<Found> found = new ArrayList<>();
  private final SortedSet<String> features;
  private long runs;
  private long hung;
  private long begun;
  private Optional<String> failure = Optional.empty();

  /** Is told how it goes; on any of the hunt's threads, one at a time. */
  public interface Listener {

    /** A run is over. */
    void ran(Progress progress);

    /** A run broke something. */
    void found(Found finding);

    /**
     * A run had no verdict, which is a flaw of ours or of the test.
     *
     * @param reasons why
     * @param report its folder, of the first of them
     */
    void undecided(List<String> reasons, Optional<Path> report);
  }

  /**
   * How far a hunt is.
   *
   * @param runs that are over, those before it went on included
   * @param hung those of them that had no verdict
   * @param corpus variations that reached something new
   * @param features that were reached
   */
  public record Progress(long runs, long hung, int corpus, int features) {}

  /**
   * A run that broke something.
   *
   * @param properties that were violated
   * @param report its folder
   */
  public record Found(Variation variation, List<String> properties, Path report) {}

  /** What came of a hunt; the failure is of the environment. */
  public record Result(Progress progress, List<Found> found, Optional<String> failure) {}

  private Hunt(
      TestSpec test, long seed, Part part, Runs machines, HuntFolder folder, Listener listener)
      throws IOException {
    this.machines = machines;
    this.folder = folder;
    this.listener = listener;
    this.test = Json.of(test);
    HuntFolder.State state = folder.state(this.test);
    this.runs = state.runs();
    this.hung = state.hung();
    this.begun = state.runs();
    this.features = state.features();
    this.corpus = new ArrayList<>(folder.corpus());
    this.random =
        new RandomSource(seed).fork("hunt " + begun + (part.of() == 1 ? "" : " " + part.name()));
    this.variator = new Variator(test, machines.unsupported(), random.fork("vary"), part);
  }

  /** Hunts as the only one. */
  public static Result hunt(
      TestSpec test,
      long seed,
      Runs machines,
      Path directory,
      int jobs,
      BooleanSupplier over,
      Cancellation cancellation,
      Listener listener)
      throws IOException, InterruptedException {
    return hunt(test, seed, Part.WHOLE, machines, directory, jobs, over, cancellation, listener);
  }

  /**
   * Hunts.
   *
   * @param part that it is of a hunt on several machines
   * @param directory of the hunt; one that holds a hunt of this test goes on
   * @param jobs how many machines at once
   * @param over whether no more runs are to begin; asked before each
   * @param cancellation ends those under way too
   */
  public static Result hunt(
      TestSpec test,
      long seed,
      Part part,
      Runs machines,
      Path directory,
      int jobs,
      BooleanSupplier over,
      Cancellation cancellation,
      Listener listener)
      throws IOException, InterruptedException {
    Hunt hunt = new Hunt(test, seed, part, machines, new HuntFolder(directory), listener);
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("hunt-", 0).factory())) {
      List<CompletableFuture<Void>> working = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        working.add(CompletableFuture.runAsync(() -> hunt.work(over, cancellation), threads));
      }
      CompletableFuture.allOf(working.toArray(CompletableFuture<?>[]::new)).get();
    } catch (ExecutionException bug) {
      throw new IllegalStateException("a hunt's thread failed", bug.getCause());
    }
    return hunt.result();
  }

  private synchronized Result result() throws IOException {
    folder.state(new HuntFolder.State(test, runs, hung, features));
    return new Result(progress(), List.copyOf(found), failure);
  }

  private Progress progress() {
    return new Progress(runs, hung, corpus.size(), features.size());
  }

  /** The life of one of the threads. */
  private void work(BooleanSupplier over, Cancellation cancellation) {
    try {
      while (!over.getAsBoolean() && !failed()) {
        Job job = next();
        Report report = machines.run(job.variation(), folder.run(job.number()), cancellation);
        if (cancellation.isCancelled() && report.assessment().verdict() != Verdict.FAILED) {
          // It was cut short, and tells of nothing but that.
          folder.forget(job.number());
        } else {
          ran(job, report);
        }
      }
    } catch (IOException unwritable) {
      fail("the hunt's folder cannot be used: " + unwritable.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private record Job(long number, Variation variation) {}

  private synchronized Job next() {
    Variation variation =
        corpus.isEmpty() || random.chance(FRESH)
            ? variator.fresh()
            : variator.changed(random.pick(corpus).variation());
    return new Job(++begun, variation);
  }

  private synchronized void ran(Job job, Report report) throws IOException {
    runs++;
    switch (report.assessment().verdict()) {
      case ERROR -> {
        folder.forget(job.number());
        fail(String.join("; ", report.assessment().reasons()));
        return;
      }
      case FAILED -> {
        reached(job, report);
        found(job, report);
      }
      case INCONCLUSIVE -> undecided(job, report);
      case PASSED -> {
        reached(job, report);
        folder.forget(job.number());
      }
    }
    folder.state(new HuntFolder.State(test, runs, hung, features));
    listener.ran(progress());
  }

  private void reached(Job job, Report report) throws IOException {
    SortedSet<String> fresh = new TreeSet<>(Features.of(report));
    fresh.removeAll(features);
    if (!fresh.isEmpty()) {
      HuntFolder.Kept kept = new HuntFolder.Kept(job.variation(), fresh);
      folder.keep(corpus.size() + 1, kept);
      corpus.add(kept);
      features.addAll(fresh);
    }
  }

  private void found(Job job, Report report) throws IOException {
    List<String> properties = violated(report);
    long alike = found.stream().filter(known -> known.properties().equals(properties)).count();
    if (alike >= KEPT_ALIKE) {
      folder.forget(job.number());
      return;
    }
    Found finding =
        new Found(job.variation(), properties, folder.finding(job.number(), properties.getFirst()));
    found.add(finding);
    listener.found(finding);
  }

  private void undecided(Job job, Report report) throws IOException {
    Optional<Path> kept = Optional.empty();
    if (hung++ < KEPT_UNDECIDED) {
      kept = Optional.of(folder.undecided(job.number()));
    } else {
      folder.forget(job.number());
    }
    listener.undecided(report.assessment().reasons(), kept);
  }

  /** The names of what a run broke, sorted. */
  static List<String> violated(Report report) {
    return report.assessment().findings().stream()
        .filter(finding -> finding.status() == Finding.Status.VIOLATED)
        .map(Finding::property)
        .sorted()
        .toList();
  }

  private synchronized void fail(String why) {
    if (failure.isEmpty()) {
      failure = Optional.of(why);
    }
  }

  private synchronized boolean failed() {
    return failure.isPresent();
  }
}
