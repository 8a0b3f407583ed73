package io.etcdrobustness.traffic.grpc;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.segment.LiveRecorder;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.Ids;
import io.etcdrobustness.traffic.Pending;
import io.etcdrobustness.traffic.RecordedClient;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures how many operations per second the recorded client drives through one local etcd, beside
 * the same loop over bare stubs and over bare jetcd. The variants take turns, so that whatever else
 * the machine does hits them alike; what counts is the median of the rounds. See bench/traffic.
 */
public final class TrafficBench {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int KEYS = 12;
  private static final com.sun.management.OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

  /** Sends operation {@code number} and calls {@code next} when it has ended well. */
  private interface Sender {
    void send(long number, Runnable next);
  }

  private record Variant(
      String name, List<Sender> senders, List<Double> rates, List<Double> cpuMicros) {
    Variant(String name, List<Sender> senders) {
      this(name, senders, new ArrayList<>(), new ArrayList<>());
    }
  }

  /**
   * One round.
   *
   * @param rate operations per second
   * @param cpuMicros CPU time of this process per operation: what other processes do hits it least
   */
  private record Round(double rate, double cpuMicros) {}

  private final int connections;
  private final int outstanding;
  private final Duration round;

  private TrafficBench(int connections, int outstanding, Duration round) {
    this.connections = connections;
    this.outstanding = outstanding;
    this.round = round;
  }

  /** Arguments: version, connections, outstanding, rounds, seconds per round, flags of etcd. */
  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[3]);
    TrafficBench bench =
        new TrafficBench(
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]),
            Duration.ofSeconds(Long.parseLong(args[4])));
    try (RealEtcd etcd = RealEtcd.start(args[0], Arrays.copyOfRange(args, 5, args.length))) {
      bench.run(etcd, rounds);
    }
  }

  private void run(RealEtcd etcd, int rounds) throws Exception {
    Endpoint endpoint = etcd.access().endpoints().getFirst();
    Path folder = Files.createTempDirectory("traffic-bench");
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (LiveRecorder recording =
            LiveRecorder.open(folder, History.Facts.OWN_CLUSTER, TrafficBench::fail);
        EtcdConnections ours = new EtcdConnections(etcd.access());
        EtcdConnections twoThreads = new EtcdConnections(etcd.access(), 2);
        RealScheduler scheduler = new RealScheduler("bench-loop", TrafficBench::fail)) {
      EtcdTest.awaitReady(ours.pinnedTo("m1"));
      Ids ids = new Ids();
      Pending pending = new Pending(scheduler);
      List<Sender> stubs = new ArrayList<>();
      List<Sender> unrecorded = new ArrayList<>();
      List<Sender> recorded = new ArrayList<>();
      List<Sender> recordedByTwo = new ArrayList<>();
      List<Sender> jetcd = new ArrayList<>();
      List<Client> jetcdClients = new ArrayList<>();
      List<ManagedChannel> channels = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        ManagedChannel channel = channel(endpoint, loops);
        channels.add(channel);
        stubs.add(stub(channel));
        EtcdClient port = ours.pinnedTo("m1");
        unrecorded.add(unrecorded(port));
        recorded.add(
            recorded(
                new RecordedClient(
                    i, "m1", ours.pinnedTo("m1"), recording, scheduler, ids, pending)));
        recordedByTwo.add(
            recorded(
                new RecordedClient(
                    i, "m1", twoThreads.pinnedTo("m1"), recording, scheduler, ids, pending)));
        Client client =
            Client.builder()
                .endpoints("http://" + endpoint.host() + ":" + endpoint.port())
                .retryMaxAttempts(0)
                .build();
        jetcdClients.add(client);
        jetcd.add(jetcd(client.getKVClient()));
      }
      List<Variant> variants =
          List.of(
              new Variant("bare stubs", stubs),
              new Variant("our client, unrecorded", unrecorded),
              new Variant("our client, recorded", recorded),
              new Variant("recorded, 2 I/O threads", recordedByTwo),
              new Variant("bare jetcd", jetcd));
      measure(variants, rounds);
      report(variants);
      jetcdClients.forEach(Client::close);
      channels.forEach(ManagedChannel::shutdownNow);
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    try (Stream<Path> segments = Files.list(folder)) {
      for (Path segment : segments.toList()) {
        Files.delete(segment);
      }
    }
    Files.delete(folder);
  }

  private void measure(List<Variant> variants, int rounds) throws InterruptedException {
    for (int i = -1; i < rounds; i++) {
      for (Variant variant : variants) {
        Round measured = drive(variant.senders());
        if (i >= 0) { // the first round warms up
          variant.rates().add(measured.rate());
          variant.cpuMicros().add(measured.cpuMicros());
        }
      }
    }
  }

  private Round drive(List<Sender> senders) throws InterruptedException {
    AtomicLong started = new AtomicLong();
    AtomicLong done = new AtomicLong();
    CountDownLatch idle = new CountDownLatch(outstanding);
    long cpuBefore = PROCESS.getProcessCpuTime();
    long begin = System.nanoTime();
    long end = begin + round.toNanos();
    for (int i = 0; i < outstanding; i++) {
      Sender sender = senders.get(i % senders.size());
      Runnable next =
          new Runnable() {
            @Override
            public void run() {
              done.incrementAndGet();
              go();
            }

            void go() {
              if (System.nanoTime() >= end) {
                idle.countDown();
              } else {
                sender.send(started.incrementAndGet(), this);
              }
            }
          };
      sender.send(started.incrementAndGet(), next);
    }
    if (!idle.await(round.toSeconds() + 30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("operations are still under way after 30 s");
    }
    return new Round(
        done.get() * 1e9 / (System.nanoTime() - begin),
        (PROCESS.getProcessCpuTime() - cpuBefore) / 1e3 / done.get());
  }

  private static Sender stub(ManagedChannel channel) {
    KVGrpc.KVFutureStub kv = KVGrpc.newFutureStub(channel);
    return (number, next) -> {
      KVGrpc.KVFutureStub stub = kv.withDeadlineAfter(TIMEOUT);
      ListenableFuture<?> answer =
          isPut(number)
              ? stub.put(
                  PutRequest.newBuilder()
                      .setKey(Encoder.bytes(key(number)))
                      .setValue(Encoder.bytes(value(number)))
                      .build())
              : stub.range(RangeRequest.newBuilder().setKey(Encoder.bytes(key(number))).build());
      Futures.addCallback(
          answer,
          new FutureCallback<Object>() {
            @Override
            public void onSuccess(@Nullable Object ok) {
              next.run();
            }

            @Override
            public void onFailure(Throwable failure) {
              fail(failure);
            }
          },
          MoreExecutors.directExecutor());
    };
  }

  private static Sender jetcd(KV kv) {
    return (number, next) -> {
      ByteSequence key = ByteSequence.from(Encoder.bytes(key(number)));
      var unused =
          (isPut(number)
                  ? kv.put(key, ByteSequence.from(Encoder.bytes(value(number))))
                  : kv.get(key))
              .whenComplete((answer, failure) -> {
                if (failure != null) {
                  fail(failure);
                }
                next.run();
              });
    };
  }

  private static Sender unrecorded(EtcdClient client) {
    return (number, next) ->
        client.send(request(number), TIMEOUT).thenAccept(outcome -> check(outcome, next));
  }

  private static Sender recorded(RecordedClient client) {
    return (number, next) ->
        client
            .send(request(number), TIMEOUT)
            .thenAccept((Operation operation) -> check(operation.outcome(), next));
  }

  private static void check(Outcome outcome, Runnable next) {
    if (!(outcome instanceof Outcome.Ok)) {
      fail(new IllegalStateException(outcome.toString()));
    }
    next.run();
  }

  private static Request request(long number) {
    return isPut(number)
        ? Request.Put.of(key(number), value(number))
        : Request.Range.of(key(number), "");
  }

  private static boolean isPut(long number) {
    return number % 2 == 0;
  }

  private static String key(long number) {
    return "key-" + number / 2 % KEYS;
  }

  private static String value(long number) {
    return Long.toString(number);
  }

  private static ManagedChannel channel(Endpoint endpoint, EventLoopGroup loops) {
    return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
        .usePlaintext()
        .eventLoopGroup(loops)
        .channelType(NioSocketChannel.class)
        .directExecutor()
        .disableRetry()
        .build();
  }

  /** A failed operation would make the rate a lie. */
  private static void fail(Throwable failure) {
    failure.printStackTrace();
    Runtime.getRuntime().halt(3);
  }

  private void report(List<Variant> variants) {
    List<Double> base = variants.getFirst().rates();
    System.out.printf(
        Locale.ROOT,
        "%d connections, %d outstanding, half puts, half gets; median of %d rounds of %d s%n",
        connections,
        outstanding,
        variants.getFirst().rates().size(),
        round.toSeconds());
    for (Variant variant : variants) {
      double rate = median(variant.rates());
      System.out.printf(
          Locale.ROOT,
          "%-24s %8.0f ops/s  %5.2f of bare stubs  %6.1f CPU us/op  (%s)%n",
          variant.name(),
          rate,
          median(ratios(variant.rates(), base)),
          median(variant.cpuMicros()),
          variant.rates().stream().map("%.0f"::formatted).toList());
    }
  }

  /** Round by round: neighbours in time saw the same machine. */
  private static List<Double> ratios(List<Double> rates, List<Double> base) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < rates.size(); i++) {
      ratios.add(rates.get(i) / base.get(i));
    }
    return ratios;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
