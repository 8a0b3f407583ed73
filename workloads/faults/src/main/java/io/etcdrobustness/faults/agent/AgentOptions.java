package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.process.PodFolder;
import io.etcdrobustness.faults.proxy.Route;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line of an agent.
 *
 * @param member the member's name
 * @param log the member's standard output and error
 * @param control where the holder reaches the agent
 * @param tokenFile holds the holder's bearer token
 * @param heartbeat in which the holder must show itself
 * @param peerProxy where the member's {@code HTTPS_PROXY} listens
 * @param routes to the peers
 * @param clientProxy where clients reach the member
 * @param clientTarget where the member listens for clients
 * @param kept how the member is started
 */
record AgentOptions(
    String member,
    Path log,
    InetSocketAddress control,
    Path tokenFile,
    Duration heartbeat,
    InetSocketAddress peerProxy,
    List<Route> routes,
    InetSocketAddress clientProxy,
    InetSocketAddress clientTarget,
    Kept kept) {

  /** How the member is started. */
  sealed interface Kept {}

  /** By the agent, at once: the member lives and dies with it. */
  record Child(List<String> command) implements Kept {}

  /**
   * In another container of the pod, when the holder says so.
   *
   * @param folder that is shared with that container
   * @param data the member's data directory
   */
  record Supervised(PodFolder folder, Path data) implements Kept {}

  static final String USAGE =
      """
      usage: robustness agent OPTION... -- COMMAND ARGUMENT...
             robustness agent OPTION... --supervised FOLDER --data VOLUME
             robustness agent --install FOLDER [--busybox FILE]

      Runs COMMAND, one etcd member, and offers to inject faults into it. With --supervised, the
      member is an etcd in another container of this pod, which shares FOLDER and its process
      namespace with this one and runs FOLDER/bin/supervise.sh; the holder says when it starts. With
      --install, only fills FOLDER with what that container needs.
        --member NAME               the member's name
        --supervised FOLDER         shared with the member's container
        --data VOLUME               the member's, mounted here too; its --data-dir is VOLUME/data
        --log FILE                  to which the member's output is appended
        --control HOST:PORT         where the holder of the agent reaches it
        --token-file FILE           the bearer token that the holder must know
        --peer-proxy HOST:PORT      where the member dials its peers through (HTTPS_PROXY)
        --route HOST:PORT=PEER@HOST:PORT
                                    the name a peer is dialled by, who it is and where (repeatable)
        --client-proxy HOST:PORT    where clients reach the member
        --client-target HOST:PORT   where the member itself listens for clients
        --busybox FILE              a static one (/opt/robustness/bin/busybox)
        --heartbeat MILLISECONDS    of the holder; after two missed ones all is healed (2000)
      """;

  private static final Pattern ADDRESS =
      Pattern.compile("(?<host>[^\\s:=@\\[\\]]+|\\[[0-9A-Fa-f:.]+\\]):(?<port>\\d{1,5})");
  private static final Pattern ROUTE =
      Pattern.compile("(?<authority>[^=@]+)=(?<peer>[^=@]+)@(?<address>[^=@]+)");

  /** A command line that makes no sense, in words. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  static AgentOptions parse(List<String> arguments) throws UsageException {
    int separator = arguments.indexOf("--");
    int end = separator < 0 ? arguments.size() : separator;
    List<String> command = arguments.subList(Math.min(end + 1, arguments.size()), arguments.size());
    List<String> routes = new ArrayList<>();
    Map<String, String> given = given(arguments.subList(0, end), routes);
    Kept kept = kept(given, command);
    AgentOptions options =
        new AgentOptions(
            take(given, "--member"),
            log(given, kept),
            address("--control", take(given, "--control")),
            Path.of(take(given, "--token-file")),
            millis(Optional.ofNullable(given.remove("--heartbeat")).orElse("2000")),
            address("--peer-proxy", take(given, "--peer-proxy")),
            routes(routes),
            address("--client-proxy", take(given, "--client-proxy")),
            address("--client-target", take(given, "--client-target")),
            kept);
    if (!given.isEmpty()) {
      throw new UsageException("unknown option " + given.keySet().iterator().next());
    }
    return options;
  }

  private static Kept kept(Map<String, String> given, List<String> command) throws UsageException {
    if (!given.containsKey("--supervised")) {
      if (command.isEmpty()) {
        throw new UsageException(
            "the member's command is missing: it stands after --, unless there is --supervised");
      }
      return new Child(List.copyOf(command));
    }
    if (!command.isEmpty()) {
      throw new UsageException("with --supervised the holder tells the command: leave out --");
    }
    return new Supervised(
        new PodFolder(Path.of(take(given, "--supervised"))),
        Path.of(take(given, "--data")).resolve("data"));
  }

  private static Path log(Map<String, String> given, Kept kept) throws UsageException {
    Path log = Path.of(take(given, "--log"));
    if (kept instanceof Supervised supervised && !log.equals(supervised.folder().log())) {
      throw new UsageException(
          "with --supervised the log is %s, it is given as %s"
              .formatted(supervised.folder().log(), log));
    }
    return log;
  }

  private static Map<String, String> given(List<String> arguments, List<String> routes)
      throws UsageException {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      if (!option.startsWith("--")) {
        throw new UsageException("expected an option, found " + option);
      }
      if (i + 1 == arguments.size()) {
        throw new UsageException(option + " needs a value");
      }
      String value = arguments.get(i + 1);
      if (option.equals("--route")) {
        routes.add(value);
      } else if (given.put(option, value) != null) {
        throw new UsageException(option + " is given twice");
      }
    }
    return given;
  }

  private static String take(Map<String, String> given, String option) throws UsageException {
    String value = given.remove(option);
    if (value == null || value.isBlank()) {
      throw new UsageException(option + " is missing");
    }
    return value;
  }

  private static List<Route> routes(List<String> texts) throws UsageException {
    List<Route> routes = new ArrayList<>();
    for (String text : texts) {
      Matcher shape = ROUTE.matcher(text);
      if (!shape.matches()) {
        throw new UsageException(
            "--route has the form HOST:PORT=PEER@HOST:PORT, it is given as " + text);
      }
      InetSocketAddress dialled = address("--route", shape.group("authority"));
      InetSocketAddress real = address("--route", shape.group("address"));
      routes.add(
          new Route(
              dialled.getHostString() + ":" + dialled.getPort(),
              shape.group("peer"),
              real.getHostString(),
              real.getPort()));
    }
    return List.copyOf(routes);
  }

  private static InetSocketAddress address(String option, String text) throws UsageException {
    Matcher shape = ADDRESS.matcher(text);
    if (!shape.matches() || Integer.parseInt(shape.group("port")) > 65_535) {
      throw new UsageException(option + " has the form HOST:PORT, it is given as " + text);
    }
    return InetSocketAddress.createUnresolved(
        shape.group("host"), Integer.parseInt(shape.group("port")));
  }

  private static Duration millis(String text) throws UsageException {
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw new UsageException(
          "--heartbeat is a positive number of milliseconds, it is given as " + text);
    }
    return Duration.ofMillis(Long.parseLong(text));
  }
}
