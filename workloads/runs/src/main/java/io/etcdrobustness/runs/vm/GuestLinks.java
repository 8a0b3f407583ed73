package io.etcdrobustness.runs.vm;

import io.etcdrobustness.faults.Agent.Cut;
import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Hold;
import io.etcdrobustness.faults.Agent.Late;
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
      case Drop _, Hold _ -> new OnWays(id, ways, new LinkState(0, 0, LinkState.ALL));
      case Late late ->
          new OnWays(
              id,
              ways,
              new LinkState(late.latency().toNanos() / 1_000, late.jitter().toNanos() / 1_000, 0));
      case Cut _ ->
          throw new IllegalArgumentException(
              "connections between members cannot be reset in a machine");
    };
  }

  private CompletionStage<Void> apply(Way way) {
    LinkState all = LinkState.HEALTHY;
    for (LinkState one : states.getOrDefault(way, Map.of()).values()) {
      all =
          new LinkState(
              all.delayMicros() + one.delayMicros(),
              all.jitterMicros() + one.jitterMicros(),
              Math.max(all.lossPpm(), one.lossPpm()));
    }
    LinkState state = all;
    return guest.ask(seq -> new Command.Link(seq, way.from, way.to, state)).thenAccept(_ -> {});
  }

  /** How many packets of the way have arrived; none can while the receiver is down. */
  private CompletionStage<Counted> counted(Way way) {
    GuestMember receiver = members.get(way.to);
    if (!receiver.isRunning()) {
      return CompletableFuture.completedFuture(new Counted(0));
    }
    return receiver.proc("net/dev").thenApply(table -> new Counted(arrived(table, way.from)));
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
        states.computeIfAbsent(way, _ -> new LinkedHashMap<>()).put(id, state);
        applied.add(apply(way));
      }
      return all(applied)
          .thenCompose(_ -> all(ways.stream().map(GuestLinks.this::counted).toList()))
          .thenAccept(counted -> before = counted);
    }

    @Override
    public CompletionStage<Proof> end() {
      return all(ways.stream().map(GuestLinks.this::counted).toList())
          .thenCompose(after -> {
            List<CompletionStage<Void>> applied = new ArrayList<>();
            for (Way way : ways) {
              Map<String, LinkState> ofWay = states.get(way);
              if (ofWay != null) {
                ofWay.remove(id);
              }
              applied.add(apply(way));
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
      return state.lossPpm() == LinkState.ALL
          ? new Proof(
              packets == 0, "%d packets arrived on %d cut ways".formatted(packets, ways.size()))
          : new Proof(
              packets > 0,
              "%d packets arrived, each %d ms ± %d ms late"
                  .formatted(packets, state.delayMicros() / 1_000, state.jitterMicros() / 1_000));
    }
  }
}
