package io.etcdrobustness.runs.vm;

import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
import io.etcdrobustness.faults.Agent.Packets;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.agent.OngoingFault;
import io.etcdrobustness.runs.vm.Command.LinkState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Faults of the network between members. Here the network itself is troubled, packet by packet, for
 * each ordered pair of members: what one side's agent calls outbound and the other's inbound is the
 * same way. A cut way carries no acknowledgements either; what was sent in vain is sent again by
 * TCP when it heals, so that {@code Drop} and {@code Hold} are one.
 */
final class GuestLinks {

  private final Guest guest;
  private final List<GuestMember> members;
  private final Map<Way, Map<String, LinkState>> states = new LinkedHashMap<>();

  /** From one member to another. */
  private record Way(int from, int to) {}

  /** What a device has counted so far. */
  private record Counted(long packets) {}

  GuestLinks(Guest guest, List<GuestMember> members) {
    this.guest = guest;
    this.members = members;
  }

  /**
   * A fault of the ways between two members.
   *
   * @throws IllegalArgumentException if this substrate does not have the effect
   */
  OngoingFault fault(String id, int member, int peer, Half half, Effect effect) {
    List<Way> ways =
        switch (half) {
          case OUTBOUND -> List.of(new Way(member, peer));
          case INBOUND -> List.of(new Way(peer, member));
          case BOTH -> List.of(new Way(member, peer), new Way(peer, member));
        };
    return switch (effect) {
      case Drop _, Hold _ -> new OnWays(id, ways, LinkState.CUT);
      case Late late -> new OnWays(id, ways, LinkState.late(late.latency(), late.jitter()));
      case Cut _ ->
          throw new IllegalArgumentException(
              "connections between members cannot be reset in a machine");
    };
  }

  /** Packets from one member to another are troubled. */
  OngoingFault packets(String id, int from, int to, Packets packets) {
    return new Troubled(
        id,
        new Way(from, to),
        new LinkState(
            packets.latency().toNanos() / 1_000,
            0,
            packets.loss(),
            packets.reorder(),
            packets.duplicate(),
            packets.corrupt()));
  }

  private CompletionStage<Void> begin(String id, Way way, LinkState state) {
    states.computeIfAbsent(way, _ -> new LinkedHashMap<>()).put(id, state);
    return apply(way);
  }

  /** A fault that could not begin has left nothing; whoever ends it would not be asked to. */
  private CompletionStage<Void> orUndone(String id, List<Way> ways, CompletionStage<Void> begun) {
    return begun.exceptionallyCompose(failure ->
        all(ways.stream().map(way -> end(id, way)).toList())
            .thenCompose(_ -> CompletableFuture.failedFuture(failure)));
  }

  private CompletionStage<Void> end(String id, Way way) {
    Map<String, LinkState> ofWay = states.get(way);
    if (ofWay != null) {
      ofWay.remove(id);
    }
    return apply(way);
  }

  /** Both ends of a link have a part in one injection; it is not to count twice. */
  private CompletionStage<Void> apply(Way way) {
    Map<String, LinkState> ofInjections = new LinkedHashMap<>();
    states
        .getOrDefault(way, Map.of())
        .forEach((part, state) -> ofInjections.put(injection(part), state));
    LinkState state = ofInjections.values().stream().reduce(LinkState.HEALTHY, LinkState::and);
    return guest.ask(seq -> new Command.Link(seq, way.from, way.to, state)).thenAccept(_ -> {});
  }

  private static String injection(String part) {
    int end = part.indexOf('/');
    return end < 0 ? part : part.substring(0, end);
  }

  /** How many packets of the way have arrived; none can while the receiver is down. */
  private CompletionStage<Counted> counted(Way way) {
    return members
        .get(way.to)
        .proc("net/dev")
        .thenApply(table -> new Counted(arrived(table, way.from)));
  }

  /** The second number of the device's line: packets received. */
  private static long arrived(String table, int from) {
    String device = "to" + (from + 1) + ":";
    return table
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(device))
        .map(line -> line.substring(device.length()).strip().split("\\s+"))
        .mapToLong(fields -> Long.parseLong(fields[1]))
        .sum();
  }

  private static <T> CompletionStage<List<T>> all(List<CompletionStage<T>> stages) {
    List<CompletableFuture<T>> futures =
        stages.stream().map(CompletionStage::toCompletableFuture).toList();
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
        .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList());
  }

  private final class OnWays implements OngoingFault {
    private final String id;
    private final List<Way> ways;
    private final LinkState state;
    private List<Counted> before = List.of();

    OnWays(String id, List<Way> ways, LinkState state) {
      this.id = id;
      this.ways = ways;
      this.state = state;
    }

    @Override
    public CompletionStage<Void> begin() {
      List<CompletionStage<Void>> applied = new ArrayList<>();
      for (Way way : ways) {
        applied.add(GuestLinks.this.begin(id, way, state));
      }
      return orUndone(
          id,
          ways,
          all(applied)
              .thenCompose(_ -> all(ways.stream().map(GuestLinks.this::counted).toList()))
              .thenAccept(counted -> before = counted));
    }

    @Override
    public CompletionStage<Proof> end() {
      return all(ways.stream().map(GuestLinks.this::counted).toList())
          .thenCompose(after -> {
            List<CompletionStage<Void>> applied = new ArrayList<>();
            for (Way way : ways) {
              applied.add(GuestLinks.this.end(id, way));
            }
            return all(applied).thenApply(_ -> proof(after));
          });
    }

    private Proof proof(List<Counted> after) {
      long packets = 0;
      for (int i = 0; i < ways.size(); i++) {
        // A receiver that was started again counts in the same namespace; one that is down, not.
        packets += Math.max(0, after.get(i).packets - before.get(i).packets);
      }
      return state.loss() == LinkState.ALL
          ? new Proof(
              packets == 0, "%d packets arrived on %d cut ways".formatted(packets, ways.size()))
          : new Proof(
              packets > 0,
              "%d packets arrived, each %d ms ± %d ms late"
                  .formatted(packets, state.delayMicros() / 1_000, state.jitterMicros() / 1_000));
    }
  }

  /** What the two ends of a way have counted of its troubles. */
  private record Seen(long packets, long again, long twice, long early, long broken) {}

  private CompletionStage<Seen> seen(Way way) {
    GuestMember sender = members.get(way.from);
    GuestMember receiver = members.get(way.to);
    if (!sender.isRunning() || !receiver.isRunning()) {
      return CompletableFuture.completedFuture(new Seen(0, 0, 0, 0, 0));
    }
    return receiver
        .proc("net/dev")
        .thenCompose(devices ->
            sender
                .proc("net/snmp")
                .thenCompose(sent ->
                    receiver
                        .proc("net/snmp")
                        .thenCompose(received ->
                            receiver
                                .proc("net/netstat")
                                .thenApply(more ->
                                    new Seen(
                                        arrived(devices, way.from),
                                        counter(sent, "Tcp:", "RetransSegs"),
                                        counter(more, "TcpExt:", "TCPDSACKOldSent"),
                                        counter(more, "TcpExt:", "TCPOFOQueue"),
                                        counter(received, "Tcp:", "InCsumErrors")
                                            + counter(received, "Ip:", "InHdrErrors"))))));
  }

  /** A line of names is followed by one of numbers, both behind the same word. */
  private static long counter(String table, String protocol, String name) {
    List<String[]> lines =
        table
            .lines()
            .filter(line -> line.startsWith(protocol))
            .map(line -> line.split("\\s+"))
            .toList();
    for (int i = 1; lines.size() == 2 && i < lines.getFirst().length; i++) {
      if (lines.getFirst()[i].equals(name)) {
        return Long.parseLong(lines.getLast()[i]);
      }
    }
    return 0;
  }

  private final class Troubled implements OngoingFault {
    private final String id;
    private final Way way;
    private final LinkState state;
    private Seen before = new Seen(0, 0, 0, 0, 0);

    Troubled(String id, Way way, LinkState state) {
      this.id = id;
      this.way = way;
      this.state = state;
    }

    @Override
    public CompletionStage<Void> begin() {
      return orUndone(
          id,
          List.of(way),
          GuestLinks.this
              .begin(id, way, state)
              .thenCompose(_ -> seen(way))
              .thenAccept(seen -> before = seen));
    }

    @Override
    public CompletionStage<Proof> end() {
      return seen(way)
          .thenCompose(after -> GuestLinks.this.end(id, way).thenApply(_ -> proof(after)));
    }

    private Proof proof(Seen after) {
      long packets = Math.max(0, after.packets - before.packets);
      long again = Math.max(0, after.again - before.again);
      long twice = Math.max(0, after.twice - before.twice);
      long early = Math.max(0, after.early - before.early);
      long broken = Math.max(0, after.broken - before.broken);
      boolean took =
          (state.loss() > 0 && again > 0)
              || (state.duplicate() > 0 && twice > 0)
              || (state.reorder() > 0 && early > 0)
              || (state.corrupt() > 0 && (broken > 0 || again > 0));
      return new Proof(
          took,
          "to %s: %d packets arrived, %d were sent again, %d came twice, %d early, %d broken"
              .formatted(members.get(way.to).name(), packets, again, twice, early, broken));
    }
  }
}
