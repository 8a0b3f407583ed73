package io.etcdrobustness.traffic.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.EtcdVersions;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Asks over gRPC.
 *
 * <p>jetcd's stubs are of a time before downgrades: the messages of {@code
 * etcdserverpb.Maintenance/Downgrade}, and the newer fields of a status, are put together and taken
 * apart by their field numbers (etcd api/etcdserverpb/rpc.proto).
 */
public final class GrpcEtcdVersions implements EtcdVersions {

  private static final MethodDescriptor<Empty, Empty> DOWNGRADE =
      MethodDescriptor.<Empty, Empty>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("etcdserverpb.Maintenance/Downgrade")
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .build();

  /** DowngradeRequest: action and version. */
  private static final int ACTION = 1;

  private static final int VERSION = 2;

  /** DowngradeAction; VALIDATE is 0. */
  private static final long ENABLE = 1;

  /** StatusResponse.storageVersion, since v3.6. */
  private static final int STORAGE_VERSION = 11;

  private final Duration deadline;
  private final EtcdConnections connections;
  private final Map<String, GrpcEtcdClient> members;

  /**
   * @param connections past all faults of clients; it closes them
   * @param deadline of each call
   */
  public GrpcEtcdVersions(EtcdConnections connections, Duration deadline) {
    this.deadline = deadline;
    this.connections = connections;
    this.members =
        connections.endpoints().stream()
            .map(Endpoint::member)
            .collect(Collectors.toUnmodifiableMap(name -> name, connections::callsTo));
  }

  @Override
  public CompletionStage<Void> serves(String member) {
    return of(member)
        .send(Request.Range.of("\0", ""), deadline)
        .thenAccept(outcome -> {
          switch (outcome) {
            case Outcome.Ok _ -> {}
            case Outcome.Failed(var failure) -> throw no(member, failure.message());
            case Outcome.Unknown(var failure) -> throw no(member, failure.message());
          }
        });
  }

  @Override
  public CompletionStage<Void> allowDowngrade(String member, Release to) {
    return downgrade(member, ENABLE, to.major() + "." + to.minor());
  }

  @Override
  public CompletionStage<Void> keepsDataFor(String member, Release release) {
    return told(
        member,
        of(member)
            .call(MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance(), deadline)
            .thenAccept(status -> {
              List<ByteString> told =
                  status.getUnknownFields().getField(STORAGE_VERSION).getLengthDelimitedList();
              String version = told.isEmpty() ? "" : told.getLast().toStringUtf8();
              if (!version.startsWith(release.major() + "." + release.minor() + ".")) {
                throw no(
                    member,
                    version.isEmpty()
                        ? "it does not tell which version its data is of"
                        : "its data is of version " + version);
              }
            }));
  }

  /** A cluster allows to go back one minor from its own, and only if it is not at that already. */
  @Override
  public CompletionStage<Void> hasSettledOn(String member, Release release) {
    return downgrade(member, 0, release.major() + "." + (release.minor() - 1))
        .exceptionally(failure -> {
          throw no(
              member,
              "the cluster is not of version %s as a whole, or on its way back: %s"
                  .formatted(release.line(), cause(failure).getMessage()));
        });
  }

  private CompletionStage<Void> downgrade(String member, long action, String version) {
    UnknownFieldSet fields =
        UnknownFieldSet.newBuilder()
            .addField(ACTION, UnknownFieldSet.Field.newBuilder().addVarint(action).build())
            .addField(
                VERSION,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8(version))
                    .build())
            .build();
    return told(
        member,
        of(member)
            .call(DOWNGRADE, Empty.newBuilder().setUnknownFields(fields).build(), deadline)
            .thenAccept(_ -> {}));
  }

  private static CompletionStage<Void> told(String member, CompletionStage<Void> answer) {
    return answer.exceptionally(failure -> {
      throw cause(failure) instanceof AdminException said
          ? said
          : no(member, String.valueOf(cause(failure).getMessage()));
    });
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static AdminException no(String member, String what) {
    return new AdminException(what.startsWith(member) ? what : member + ": " + what, null);
  }

  private GrpcEtcdClient of(String member) {
    GrpcEtcdClient known = members.get(member);
    if (known == null) {
      throw new IllegalArgumentException(
          "no member is called " + member + ", only " + members.keySet());
    }
    return known;
  }

  @Override
  public void close() {
    connections.close();
  }
}
