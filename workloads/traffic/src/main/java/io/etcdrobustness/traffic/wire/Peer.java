package io.etcdrobustness.traffic.wire;

import io.etcdrobustness.engine.Scheduler;
import java.time.Duration;
import java.util.Optional;

/** One member as a channel sees it: connected, or not yet, or out of reach. */
final class Peer {

  /** As {@code NettyChannels} has it: a lost SYN would otherwise outlive a partition by far. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration LATER = Duration.ofSeconds(1);

  /** How it stands with a member. */
  enum State {
    IDLE,
    CONNECTING,
    READY,
    /** The last attempt failed; another one may be under way. */
    OUT_OF_REACH
  }

  private final String member;
  private final Wire wire;
  private final Scheduler scheduler;
  private final Runnable moved;
  private State state = State.IDLE;
  private Optional<Attempt> attempt = Optional.empty();
  private String trouble = "";
  private Scheduler.Timer again = () -> {};
  private long againAt = Long.MAX_VALUE;
  private boolean closed;

  /**
   * A member to which nobody has connected yet.
   *
   * @param moved is told of every change of {@link #state}
   */
  Peer(String member, Wire wire, Scheduler scheduler, Runnable moved) {
    this.member = member;
    this.wire = wire;
    this.scheduler = scheduler;
    this.moved = moved;
  }

  String member() {
    return member;
  }

  State state() {
    return state;
  }

  /** Why it is out of reach. */
  String trouble() {
    return member + ": " + trouble;
  }

  /** What calls travel over; empty unless {@link State#READY}. */
  Optional<Session> session() {
    return state == State.READY ? attempt.flatMap(a -> a.session) : Optional.empty();
  }

  /** Has it connected, if nobody has begun to. */
  void connect() {
    if (state == State.IDLE && !closed) {
      state = State.CONNECTING;
      attempt = Optional.of(new Attempt());
    }
  }

  /** Has the next attempt come soon, if it waits. */
  void connectSoon() {
    if (state == State.OUT_OF_REACH && attempt.isEmpty()) {
      again(SOON);
    }
  }

  private void again(Duration delay) {
    long at = scheduler.now() + delay.toNanos();
    if (againAt <= at) {
      return; // it comes sooner already
    }
    again.cancel();
    againAt = at;
    again =
        scheduler.after(
            delay,
            () -> {
              againAt = Long.MAX_VALUE;
              if (!closed && attempt.isEmpty()) {
                attempt = Optional.of(new Attempt());
              }
            });
  }

  void close() {
    closed = true;
    again.cancel();
    attempt.ifPresent(current -> current.lost("the channel is closed"));
  }

  /** One connection, from the first attempt to its end. */
  private final class Attempt implements Wire.Listener, Session.Owner {
    private final Wire.Connection connection;
    private final Scheduler.Timer bound;
    private Optional<Session> session = Optional.empty();
    private boolean over;

    Attempt() {
      connection = wire.connect(member, this);
      bound =
          scheduler.after(
              CONNECT, () -> lost("no connection within " + CONNECT.toSeconds() + " s"));
    }

    @Override
    public void connected() {
      session = Optional.of(new Session(connection, scheduler, this));
    }

    @Override
    public void received(byte[] bytes) {
      session.ifPresent(open -> open.received(bytes));
    }

    @Override
    public void closed(String why) {
      lost(why);
    }

    @Override
    public String member() {
      return member;
    }

    @Override
    public void ready() {
      bound.cancel();
      state = State.READY;
      moved.run();
    }

    @Override
    public void retired() {
      detach(State.IDLE);
    }

    @Override
    public void lost(String why) {
      if (over) {
        return;
      }
      over = true;
      bound.cancel();
      connection.close();
      boolean wasReady = state == State.READY;
      if (isCurrent()) {
        trouble = why;
        detach(wasReady ? State.IDLE : State.OUT_OF_REACH);
        if (!wasReady && !closed) {
          again(LATER);
        }
      }
      session.ifPresent(open -> open.broken(why));
      moved.run();
    }

    private boolean isCurrent() {
      return attempt.isPresent() && attempt.get() == this;
    }

    /** Calls that are under way on it go on, new ones do not come. */
    private void detach(State next) {
      if (isCurrent()) {
        attempt = Optional.empty();
        state = next;
      }
    }
  }
}
