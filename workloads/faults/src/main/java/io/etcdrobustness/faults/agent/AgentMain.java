package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.process.Leftover;
import io.etcdrobustness.faults.process.MemberCommand;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.faults.proxy.ProxyLoop;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The process beside a member: owns the member's process, its proxies and its control address.
 *
 * <p>It ends when it is asked to (SIGTERM), the member gracefully before it; or when the member
 * ends although nobody wanted that, so that whoever supervises the agent sees it and starts both
 * again.
 */
public final class AgentMain {

  private static final int OK = 0;
  private static final int ERROR = 3;
  private static final int USAGE = 64;
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final PrintStream out;
  private final PrintStream err;

  /** An agent that tells of events on {@code out} and of what is wrong on {@code err}. */
  public AgentMain(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the agent until it ends.
   *
   * @param arguments see {@link AgentOptions#USAGE}
   * @return 0 if it was asked to end, 3 if something failed, 64 for a wrong command line
   */
  public int run(String... arguments) {
    AgentOptions options;
    try {
      options = AgentOptions.parse(List.of(arguments));
    } catch (AgentOptions.UsageException wrong) {
      err.println("robustness agent: " + wrong.getMessage());
      err.print(AgentOptions.USAGE);
      return USAGE;
    }
    CompletableFuture<Integer> asked = new CompletableFuture<>();
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    Thread hook =
        new Thread(
            () -> {
              asked.complete(OK);
              ended.join();
            },
            "agent-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return run(options, asked);
    } catch (IOException | ExecutionException failure) {
      err.println("robustness agent: " + failure.getMessage());
      return ERROR;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return ERROR;
    } finally {
      ended.complete(OK);
      removeHook(hook);
    }
  }

  private int run(AgentOptions options, CompletableFuture<Integer> end)
      throws IOException, ExecutionException, InterruptedException {
    String token = Files.readString(options.tokenFile()).strip();
    if (token.isEmpty()) {
      throw new IOException(options.tokenFile() + " is empty: it must hold the bearer token");
    }
    try (RealScheduler scheduler =
        new RealScheduler(
            "agent", failure -> err.println("robustness agent: a task failed: " + failure))) {
      return run(options, token, scheduler, end);
    }
  }

  private int run(
      AgentOptions options, String token, RealScheduler scheduler, CompletableFuture<Integer> end)
      throws IOException, ExecutionException, InterruptedException {
    MemberJournal journal = new MemberJournal(UUID.randomUUID().toString(), scheduler);
    try (ProxyLoop loop = new ProxyLoop(scheduler);
        PeerProxy peers =
            new PeerProxy(
                loop,
                resolved(options.peerProxy()),
                options.routes(),
                refused -> refused(options, refused, scheduler, journal));
        ClientProxy clients =
            new ClientProxy(
                loop,
                resolved(options.clientProxy()),
                options.clientTarget().getHostString(),
                options.clientTarget().getPort());
        MemberProcess process =
            new MemberProcess(
                member(options, peers),
                scheduler,
                entry -> {
                  journal.record(entry);
                  observe(entry, end);
                })) {
      Leftover.sweep(member(options, peers)).toCompletableFuture().get().ifPresent(out::println);
      LocalAgent agent = new LocalAgent(scheduler, process, peers, clients);
      try (AgentServer server =
          new AgentServer(
              agent,
              journal,
              scheduler,
              resolved(options.control()),
              token,
              options.heartbeat(),
              err::println)) {
        process.start().toCompletableFuture().get();
        out.println("the agent of " + options.member() + " listens on " + server.address());
        int status = end.get();
        process.stop(GRACE).toCompletableFuture().get();
        awaitDelivery(options, journal);
        return status;
      }
    }
  }

  /** How the member ended is what its holder most wants to know, and is lost with us. */
  private void awaitDelivery(AgentOptions options, MemberJournal journal)
      throws ExecutionException, InterruptedException {
    Duration patience = options.heartbeat().multipliedBy(2);
    try {
      journal.delivered().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException silent) {
      err.println(
          "robustness agent: the holder has not asked for the last events of member %s within %d ms"
              .formatted(options.member(), patience.toMillis()));
    }
  }

  /** A member that dials past the links would make every partition a lie. */
  private void refused(
      AgentOptions options, String what, RealScheduler scheduler, MemberJournal journal) {
    err.println(what);
    journal.record(
        new MemberEvent(
            options.member(), MemberEvent.Kind.BAD_LOG_LINE, 0, 0, what, true, scheduler.now()));
  }

  private static MemberCommand member(AgentOptions options, PeerProxy peers) {
    return new MemberCommand(
        options.member(),
        options.command(),
        peers.environment(),
        Path.of("").toAbsolutePath(),
        options.log());
  }

  private void observe(Entry entry, CompletableFuture<Integer> end) {
    if (entry instanceof MemberEvent event) {
      out.println("%s %s %s".formatted(event.member(), event.kind(), event.detail()));
      if (event.kind() == MemberEvent.Kind.EXITED && !event.expected()) {
        err.println(
            "robustness agent: member %s ended by itself: %s; see its log"
                .formatted(event.member(), event.detail()));
        end.complete(ERROR);
      }
    }
  }

  private static InetSocketAddress resolved(InetSocketAddress address) throws IOException {
    InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (resolved.isUnresolved()) {
      throw new IOException("the host of " + address + " is not known");
    }
    return resolved;
  }

  private void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      out.println("the agent has ended");
    }
  }
}
