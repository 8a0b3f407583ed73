package io.etcdrobustness.runs.vm;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.runs.ClusterLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a run in a machine. Its clock is the guest's, which goes on only between two turns,
 * and turns are only taken while somebody waits: so whatever is done on this side takes no time.
 *
 * <p>It belongs to the thread that made it, which is where everything runs. Tasks of other threads
 * (whoever cancels the run) are taken in before the next turn; a run that had some cannot be
 * repeated exactly.
 */
final class GuestLoop implements EventLoop {

  private static final Comparator<Task> IN_ORDER =
      Comparator.comparingLong((Task task) -> task.due).thenComparingLong(task -> task.order);

  private final Thread owner = Thread.currentThread();
  private final long seed;
  private final Consumer<Throwable> onFailure;
  private final PriorityQueue<Task> tasks = new PriorityQueue<>(IN_ORDER);
  private final Queue<Runnable> fromOutside = new ConcurrentLinkedQueue<>();
  private final List<Command> said = new ArrayList<>();
  private final List<Point> points = new ArrayList<>();
  private @Nullable Machine machine;
  private @Nullable ClusterLostException lost;
  private Consumer<Event> listener = _ -> {};
  private volatile long now;
  private long origin;
  private long order;
  private boolean closed;

  /** What is done in the machine when a run has come to an instant, before anything else is. */
  interface Reached {
    /** Does it. */
    void at(long now) throws ClusterLostException, InterruptedException;
  }

  private record Point(long at, Reached reached) {}

  private static final class Task implements Timer {
    final long due;
    final long order;
    final Runnable body;
    boolean cancelled;

    Task(long due, long order, Runnable body) {
      this.due = due;
      this.order = order;
      this.body = body;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /**
   * A loop without a machine: no time passes on it.
   *
   * @param seed of the run
   */
  GuestLoop(long seed, Consumer<Throwable> onFailure) {
    this.seed = seed;
    this.onFailure = onFailure;
  }

  long seed() {
    return seed;
  }

  /**
   * Lives by a machine from now on, whose clock stands at the loop's zero.
   *
   * @param events is told all that happens in it
   * @return the guest's first words
   */
  Event.Hello attach(Machine to, Consumer<Event> events) throws ClusterLostException {
    machine = to;
    listener = events;
    Turns.Said first = to.listen();
    origin = first.now() - now;
    if (first.events().size() == 1 && first.events().getFirst() instanceof Event.Hello hello) {
      return hello;
    }
    throw new ClusterLostException(
        Verdict.ERROR, "the guest's first words are not a greeting: " + first.events());
  }

  /**
   * Has something done in the first turn from {@code at} on, when what has happened in the machine
   * by then is known and nothing has been decided upon it. The machine is not woken for it, so that
   * up to that turn a run is the same as without.
   */
  void onceAt(long at, Reached reached) {
    points.add(new Point(at, reached));
    points.sort(Comparator.comparingLong(Point::at));
  }

  /** What its clock's zero is by the machine's, ns. */
  long origin() {
    return origin;
  }

  /** Has whoever waits told that there is no going on. */
  void lose(ClusterLostException why) {
    lost = why;
  }

  /** Whatever was to be done or said is not, and nobody hears any more of what happens. */
  void forgetAll() {
    tasks.clear();
    said.clear();
    points.clear();
    fromOutside.clear();
  }

  /** The run's clock stands at {@code instant} again: what was done since is no part of it. */
  void back(long instant) {
    now = instant;
  }

  /** Has a command carried out in the next turn. */
  void say(Command command) {
    said.add(command);
  }

  /** Has the last commands carried out by a machine that says nothing more after them. */
  void powerOff() throws ClusterLostException {
    Machine current = machine;
    if (current != null) {
      current.answer(0, List.copyOf(said));
      detach();
    }
  }

  /** Lives by no machine any more: its clock stands still. */
  void detach() {
    machine = null;
    listener = _ -> {};
    said.clear();
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  @Override
  public Timer after(Duration delay, Runnable body) {
    if (Thread.currentThread() != owner) {
      CompletableFuture<Timer> timer = new CompletableFuture<>();
      fromOutside.add(() -> timer.complete(after(delay, body)));
      return () -> fromOutside.add(() -> timer.getNow(() -> {}).cancel());
    }
    Task task = new Task(now + Math.max(0, delay.toNanos()), order++, body);
    if (!closed) {
      tasks.add(task);
    }
    return task;
  }

  @Override
  public <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException("only the thread that made a loop can have it go on");
    }
    CompletableFuture<T> wanted = stage.toCompletableFuture();
    runDue();
    while (!wanted.isDone()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while the machine was at work");
      }
      Machine current = machine;
      if (current == null) {
        throw new ExecutionException(
            new IllegalStateException("without a machine nothing will happen any more"));
      }
      try {
        turn(current);
      } catch (ClusterLostException ended) {
        detach();
        throw new ExecutionException(ended);
      }
      runDue();
    }
    try {
      return wanted.get();
    } catch (CancellationException cancelled) {
      throw new ExecutionException(cancelled);
    }
  }

  private void turn(Machine current) throws ClusterLostException, InterruptedException {
    List<Command> commands = List.copyOf(said);
    said.clear();
    tasksCancelled();
    Task next = tasks.peek();
    current.answer(next == null ? Turns.NO_TIMER : origin + next.due, commands);
    Turns.Said turn = current.listen();
    now = turn.now() - origin;
    for (Event event : turn.events()) {
      if (event instanceof Event.Fatal(String words)) {
        throw new ClusterLostException(Verdict.ERROR, "the guest cannot go on: " + words);
      }
      guarded(() -> listener.accept(event));
    }
    if (lost != null) {
      throw lost;
    }
    while (!points.isEmpty() && points.getFirst().at <= now) {
      points.removeFirst().reached.at(now);
    }
  }

  private void tasksCancelled() {
    while (tasks.peek() instanceof Task task && task.cancelled) {
      tasks.remove();
    }
  }

  private void runDue() {
    for (Runnable task = fromOutside.poll(); task != null; task = fromOutside.poll()) {
      guarded(task);
    }
    while (tasks.peek() instanceof Task task && (task.due <= now || task.cancelled)) {
      tasks.remove();
      if (!task.cancelled) {
        guarded(task.body);
      }
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      onFailure.accept(failure);
    }
  }

  @Override
  public void close() {
    closed = true;
    tasks.clear();
    detach();
  }
}
