package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.faults.process.Leftover;
import io.etcdrobustness.faults.process.MemberCommand;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.process.PodFolder;
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
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The process beside a member: owns the member's process, its proxies and its control address.
 *
 * <p>It ends when it is asked to (SIGTERM), the member gracefully before it. If the member is its
 * child, also when the member ends although nobody wanted that, so that whoever supervises the
 * agent sees it and starts both again; a member in another container of its pod it starts again
 * itself.
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
    List<String> line = List.of(arguments);
    AgentOptions options;
    try {
      if (Installation.isAskedFor(line)) {
        return install(Installation.parse(line));
      }
      options = AgentOptions.parse(line);
    } catch (AgentOptions.UsageException wrong) {
      err.println("robustness agent: " + wrong.getMessage());
      err.print(AgentOptions.USAGE);
      return USAGE;
    }
    PodAddresses.areNeverRemembered();
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

  private int install(Installation installation) {
    PodFolder folder = new PodFolder(installation.folder());
    try {
      folder.install(installation.busybox());
    } catch (IOException failure) {
      err.println(
          "robustness agent: %s cannot be prepared for the member's container: %s"
              .formatted(folder.root(), failure));
      return ERROR;
    }
    out.println(folder.root() + " is prepared for the member's container");
    return OK;
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
    MemberLog log = new MemberLog(options.log(), UUID.randomUUID().toString());
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
                options.clientTarget().getPort())) {
      Beside beside = new Beside(options, token, scheduler, journal, log, peers, clients);
      return switch (options.kept()) {
        case AgentOptions.Child child -> runWithChild(beside, child, end);
        case AgentOptions.Supervised supervised -> runInPod(beside, supervised, end);
      };
    }
  }

  private int runWithChild(Beside beside, AgentOptions.Child child, CompletableFuture<Integer> end)
      throws IOException, ExecutionException, InterruptedException {
    MemberCommand command =
        new MemberCommand(
            beside.options.member(),
            child.command(),
            beside.peers.environment(),
            Path.of("").toAbsolutePath(),
            beside.options.log());
    try (MemberProcess process =
        new MemberProcess(
            command,
            beside.scheduler,
            entry -> {
              beside.journal.record(entry);
              if (!expected(entry)) {
                end.complete(ERROR);
              }
            })) {
      Leftover.sweep(command.member(), command.pidFile())
          .toCompletableFuture()
          .get()
          .ifPresent(out::println);
      LocalAgent agent = new LocalAgent(beside.scheduler, process, beside.peers, beside.clients);
      try (AgentServer server = server(beside, agent, Optional.empty())) {
        process.start().toCompletableFuture().get();
        listens(beside, server);
        int status = end.get();
        process.stop(GRACE).toCompletableFuture().get();
        awaitDelivery(beside.options, beside.journal);
        return status;
      }
    }
  }

  private int runInPod(
      Beside beside, AgentOptions.Supervised supervised, CompletableFuture<Integer> end)
      throws IOException, ExecutionException, InterruptedException {
    supervised.folder().sweep();
    try (MemberKeeper keeper =
        new MemberKeeper(
            beside.options.member(),
            supervised,
            beside.peers.environment(),
            beside.scheduler,
            entry -> {
              beside.journal.record(entry);
              expected(entry);
            },
            trouble -> err.println("robustness agent: " + trouble))) {
      LocalAgent agent =
          new LocalAgent(beside.scheduler, keeper.faults(), beside.peers, beside.clients);
      try (AgentServer server = server(beside, agent, Optional.of(keeper))) {
        keeper.begin().toCompletableFuture().get().ifPresent(out::println);
        listens(beside, server);
        int status = end.get();
        keeper.end(GRACE).toCompletableFuture().get();
        awaitDelivery(beside.options, beside.journal);
        return status;
      }
    }
  }

  private AgentServer server(Beside beside, LocalAgent agent, Optional<MemberControl> control)
      throws IOException {
    return new AgentServer(
        new AgentServer.Offer(agent, control, beside.journal, beside.log),
        beside.scheduler,
        resolved(beside.options.control()),
        beside.token,
        beside.options.heartbeat(),
        err::println);
  }

  private void listens(Beside beside, AgentServer server) {
    out.println("the agent of " + beside.options.member() + " listens on " + server.address());
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

  /** Tells of what has happened; whether it was to be expected. */
  private boolean expected(Entry entry) {
    if (!(entry instanceof MemberEvent event)) {
      return true;
    }
    out.println("%s %s %s".formatted(event.member(), event.kind(), event.detail()));
    if (event.kind() != MemberEvent.Kind.EXITED || event.expected()) {
      return true;
    }
    err.println(
        "robustness agent: member %s ended by itself: %s; see its log"
            .formatted(event.member(), event.detail()));
    return false;
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

  /** What every agent has, however its member is started. */
  private record Beside(
      AgentOptions options,
      String token,
      RealScheduler scheduler,
      MemberJournal journal,
      MemberLog log,
      PeerProxy peers,
      ClientProxy clients) {}
}
