package io.etcdrobustness.runs.report;

import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run in equal slices of real time: small whatever the length of the run, because it holds so
 * many slices and no more.
 *
 * @param begin of the first slice, ns since the start
 * @param end of the last slice
 * @param ok operations answered, by slice of their end
 * @param failed operations refused, likewise
 * @param unknown operations without an answer, likewise
 * @param median latency of the answered ones in ms, -1 where there is none
 * @param p99 likewise
 * @param max likewise
 * @param clients a lane per client
 * @param members a lane per member
 */
record Timeline(
    long begin,
    long end,
    int[] ok,
    int[] failed,
    int[] unknown,
    double[] median,
    double[] p99,
    double[] max,
    List<ClientLane> clients,
    List<MemberLane> members) {

  private static final int SLICES = 400;

  /** Operations of a client by slice; {@code member} is empty for clients of the whole cluster. */
  record ClientLane(int client, String member, int[] ok, int[] failed, int[] unknown) {}

  /** What a member was, piece by piece; {@code state} is up, down, paused or leader. */
  record MemberLane(String member, List<Piece> pieces) {}

  /** A piece of a member's life; {@code term} is 0 where it is not leader. */
  record Piece(long from, long to, String state, long term) {}

  /** The whole run. */
  static Timeline of(History history) {
    return of(history, 0);
  }

  /** From {@code begin} on, where something else was told of what came before. */
  static Timeline of(History history, long begin) {
    long end = Math.max(begin + 1, end(history));
    int[] ok = new int[SLICES];
    int[] failed = new int[SLICES];
    int[] unknown = new int[SLICES];
    List<List<Double>> latencies = new ArrayList<>();
    for (int i = 0; i < SLICES; i++) {
      latencies.add(new ArrayList<>());
    }
    Map<Integer, ClientLane> clients = new TreeMap<>();
    for (Operation operation : history.operations()) {
      if (operation.end() < begin) {
        continue;
      }
      int slice = (int) Math.min(SLICES - 1, (operation.end() - begin) * SLICES / (end - begin));
      ClientLane lane =
          clients.computeIfAbsent(
              operation.client(),
              client ->
                  new ClientLane(
                      client,
                      operation.member(),
                      new int[SLICES],
                      new int[SLICES],
                      new int[SLICES]));
      switch (operation.outcome()) {
        case Outcome.Ok _ -> {
          ok[slice]++;
          lane.ok[slice]++;
          latencies.get(slice).add((operation.end() - operation.call()) / 1e6);
        }
        case Outcome.Failed _ -> {
          failed[slice]++;
          lane.failed[slice]++;
        }
        case Outcome.Unknown _ -> {
          unknown[slice]++;
          lane.unknown[slice]++;
        }
      }
    }
    return new Timeline(
        begin,
        end,
        ok,
        failed,
        unknown,
        quantile(latencies, 0.5),
        quantile(latencies, 0.99),
        quantile(latencies, 1),
        List.copyOf(clients.values()),
        members(history, end));
  }

  /** When the last thing happened. */
  static long end(History history) {
    long end = 1;
    for (Operation operation : history.operations()) {
      end = Math.max(end, operation.end());
    }
    for (MemberEvent event : history.memberEvents()) {
      end = Math.max(end, event.time());
    }
    for (FaultWindow fault : history.faults()) {
      end = Math.max(end, fault.end() == Long.MAX_VALUE ? fault.start() : fault.end());
    }
    return end;
  }

  private static double[] quantile(List<List<Double>> slices, double q) {
    double[] result = new double[slices.size()];
    for (int i = 0; i < result.length; i++) {
      double[] sorted = slices.get(i).stream().mapToDouble(Double::doubleValue).sorted().toArray();
      int rank = (int) Math.ceil(q * sorted.length) - 1;
      result[i] = sorted.length == 0 ? -1 : Math.round(sorted[Math.max(0, rank)] * 100) / 100.0;
    }
    return result;
  }

  private static List<MemberLane> members(History history, long end) {
    Map<String, List<Piece>> lanes = new TreeMap<>();
    Map<String, Piece> open = new LinkedHashMap<>();
    String leader = "";
    for (MemberEvent event : history.memberEvents()) {
      String member = event.member();
      switch (event.kind()) {
        case STARTED, READY, RESUMED -> become(lanes, open, member, "up", 0, event.time());
        case EXITED -> become(lanes, open, member, "down", 0, event.time());
        case PAUSED -> become(lanes, open, member, "paused", 0, event.time());
        case LEADER -> {
          if (!leader.equals(member) && open.containsKey(leader)) {
            Piece before = open.get(leader);
            if (before.state.equals("leader")) {
              become(lanes, open, leader, "up", 0, event.time());
            }
          }
          leader = member;
          become(lanes, open, member, "leader", event.raftTerm(), event.time());
        }
        case VERSION, REPLACED, SNAPSHOT_RECEIVED, BAD_LOG_LINE -> {
          // These change nothing about what the member is.
        }
      }
    }
    open.forEach((member, piece) ->
        lanes
            .computeIfAbsent(member, _ -> new ArrayList<>())
            .add(new Piece(piece.from, end, piece.state, piece.term)));
    List<MemberLane> result = new ArrayList<>();
    lanes.forEach((member, pieces) -> result.add(new MemberLane(member, pieces)));
    return result;
  }

  private static void become(
      Map<String, List<Piece>> lanes,
      Map<String, Piece> open,
      String member,
      String state,
      long term,
      long time) {
    List<Piece> pieces = lanes.computeIfAbsent(member, _ -> new ArrayList<>());
    Piece before = open.get(member);
    if (before != null && before.from < time) {
      pieces.add(new Piece(before.from, time, before.state, before.term));
    }
    open.put(member, new Piece(time, time, state, term));
  }
}
