package io.etcdrobustness.traffic.grpc;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.cluster.Member;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.EtcdClient;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * What a run asks of the members besides its traffic: who leads, how far they are, whether they
 * agree. Nothing of it is recorded here, and nothing is sent twice.
 *
 * <p>Each call goes to one member and has one deadline. It ends with the answer or with an {@link
 * AdminException} that names the member, what was asked and what came of it, on an I/O thread.
 *
 * <p>Status, hashes and alarms go over the plain stubs: they are asked for all the time, and jetcd
 * makes a new connection for each, hides the revision of a hash and cannot name a CORRUPT alarm.
 * The rest is jetcd, held to one attempt.
 */
public final class EtcdAdmin implements AutoCloseable {

  private final Duration deadline;
  private final EtcdConnections connections;
  private final Map<String, OfMember> members;

  private record OfMember(Endpoint endpoint, URI uri, EtcdClient stubs, Client jetcd) {}

  /**
   * What is known of a member of the cluster.
   *
   * @param id as etcd knows it
   * @param name empty as long as it has not started
   * @param peerUrls where its peers reach it
   */
  public record ClusterMember(long id, String name, List<String> peerUrls, boolean learner) {

    public ClusterMember {
      peerUrls = List.copyOf(peerUrls);
    }
  }

  /**
   * @param access past all faults of clients
   * @param deadline of each call
   */
  public EtcdAdmin(Access access, Duration deadline) {
    this.deadline = deadline;
    this.connections = new EtcdConnections(access);
    this.members =
        access.endpoints().stream()
            .collect(Collectors.toUnmodifiableMap(Endpoint::member, e -> connect(access, e)));
  }

  /** The member's own state: version, leader as it knows it, raft and store positions. */
  public CompletionStage<Response.MemberStatus> status(String member) {
    return ask(member, new Request.Status(), Response.MemberStatus.class);
  }

  /** The hash of the member's store up to {@code revision}, 0 for its newest. */
  public CompletionStage<Response.KvHash> hashKv(String member, long revision) {
    return ask(member, new Request.HashKv(revision), Response.KvHash.class);
  }

  /** The alarms that the member knows of, each as {@code TYPE@memberId}. */
  public CompletionStage<List<String>> alarms(String member) {
    return ask(member, new Request.AlarmList(), Response.Alarms.class)
        .thenApply(Response.Alarms::alarms);
  }

  /** The members of the cluster, as this one knows them. */
  public CompletionStage<List<ClusterMember>> memberList(String member) {
    return jetcd(
        member,
        "list the members",
        client ->
            client
                .getClusterClient()
                .listMember()
                .thenApply(
                    answer -> answer.getMembers().stream().map(EtcdAdmin::clusterMember).toList()));
  }

  /** Has the member {@code via} remove the member with this id from the cluster. */
  public CompletionStage<Header> memberRemove(String via, long id) {
    return jetcd(
        via,
        "remove the member " + Long.toHexString(id),
        client -> client.getClusterClient().removeMember(id).thenApply(EtcdAdmin::header));
  }

  /** Has the member {@code via} add a member that peers will reach at this URL. */
  public CompletionStage<Header> memberAdd(String via, String peerUrl) {
    return jetcd(
        via,
        "add a member at " + peerUrl,
        client ->
            client
                .getClusterClient()
                .addMember(List.of(URI.create(peerUrl)))
                .thenApply(EtcdAdmin::header));
  }

  /** Has {@code leader}, which must lead, hand the lead to the member with id {@code to}. */
  public CompletionStage<Header> moveLeader(String leader, long to) {
    return jetcd(
        leader,
        "move the lead to " + Long.toHexString(to),
        client -> client.getMaintenanceClient().moveLeader(to).thenApply(EtcdAdmin::header));
  }

  /** Has the member rewrite its database file; it answers nobody meanwhile. */
  public CompletionStage<Header> defragment(String member) {
    return jetcd(
        member,
        "defragment",
        client ->
            client
                .getMaintenanceClient()
                .defragmentMember(of(member).uri().toString())
                .thenApply(EtcdAdmin::header));
  }

  /** Forgets the history of keys before {@code revision}. */
  public CompletionStage<Header> compact(String member, long revision) {
    return jetcd(
        member,
        "compact at " + revision,
        client -> client.getKVClient().compact(revision).thenApply(EtcdAdmin::header));
  }

  private <R extends Response> CompletionStage<R> ask(
      String member, Request request, Class<R> expected) {
    return of(member)
        .stubs()
        .send(request, deadline)
        .thenApply(outcome ->
            switch (outcome) {
              case Outcome.Ok(Response response) -> expected.cast(response);
              case Outcome.Failed(Failure failure) -> throw failed(member, request, failure);
              case Outcome.Unknown(Failure failure) -> throw failed(member, request, failure);
            });
  }

  private AdminException failed(String member, Request request, Failure failure) {
    return new AdminException(
        what(member, request.toString()) + failure.code() + " " + failure.message(), null);
  }

  private <T> CompletionStage<T> jetcd(
      String member, String asked, Function<Client, CompletableFuture<T>> call) {
    return call.apply(of(member).jetcd())
        .exceptionally(failure -> {
          Throwable cause =
              failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure;
          throw new AdminException(what(member, asked) + cause.getMessage(), cause);
        });
  }

  private String what(String member, String asked) {
    Endpoint endpoint = of(member).endpoint();
    return "member %s at %s:%d was asked: %s; it failed within %s: "
        .formatted(member, endpoint.host(), endpoint.port(), asked, deadline);
  }

  private OfMember of(String member) {
    OfMember known = members.get(member);
    if (known == null) {
      throw new IllegalArgumentException(
          "no member is called " + member + ", only " + members.keySet());
    }
    return known;
  }

  private OfMember connect(Access access, Endpoint endpoint) {
    String scheme = access.tls().isPresent() ? "https" : "http";
    URI uri = URI.create(scheme + "://" + endpoint.host() + ":" + endpoint.port());
    ClientBuilder builder =
        Client.builder()
            .endpoints(uri)
            .loadBalancerPolicy("pick_first")
            .retryMaxAttempts(0)
            .waitForReady(false)
            .interceptor(new Deadline(deadline));
    access.tls().ifPresent(tls -> builder.sslContext(sslContext(tls)).authority(endpoint.host()));
    return new OfMember(endpoint, uri, connections.pinnedTo(endpoint.member()), builder.build());
  }

  private static SslContext sslContext(Access.Tls tls) {
    try {
      return GrpcSslContexts.forClient()
          .trustManager(NettyChannels.stream(tls.caCertificate()))
          .keyManager(
              NettyChannels.stream(tls.certificate()), NettyChannels.stream(tls.privateKey()))
          .build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("the certificates of the cluster cannot be used", e);
    }
  }

  private static ClusterMember clusterMember(Member member) {
    return new ClusterMember(
        member.getId(),
        member.getName(),
        member.getPeerURIs().stream().map(URI::toString).toList(),
        member.isLearner());
  }

  private static Header header(io.etcd.jetcd.Response answer) {
    io.etcd.jetcd.Response.Header header = answer.getHeader();
    return new Header(
        header.getClusterId(), header.getMemberId(), header.getRevision(), header.getRaftTerm());
  }

  @Override
  public void close() {
    members.values().forEach(member -> member.jetcd().close());
    connections.close();
  }

  /** jetcd has no deadline of its own: a call to a member that is paused would never end. */
  private record Deadline(Duration deadline) implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(
          method, options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS));
    }
  }
}
