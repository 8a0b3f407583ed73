package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Failure.Kind;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.grpc.Status;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifierTest {

  private static final Request GET = Request.Range.of("k", "");
  private static final Request PUT = Request.Put.of("k", "v");
  private static final Request DELETE = Request.DeleteRange.of("k");
  private static final Request.Txn READING =
      new Request.Txn(List.of(), List.of(Request.Range.of("k", "")), List.of());
  private static final Request WRITING =
      new Request.Txn(List.of(), List.of(), List.of(Request.DeleteRange.of("k")));
  private static final Request WRITING_DEEP_INSIDE =
      new Request.Txn(
          List.of(),
          List.of(READING, new Request.Txn(List.of(), List.of(), List.of(Request.Put.of("k", "")))),
          List.of());
  private static final Request GRANT = new Request.LeaseGrant(1, 1);
  private static final Request REVOKE = new Request.LeaseRevoke(1);
  private static final Request COMPACT = new Request.Compact(1, false);
  private static final Request LOCK = new Request.Lock("l", 1);
  private static final Request UNLOCK = new Request.Unlock("l/1");

  private static final Status COMPACTED =
      Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision has been compacted");
  private static final Status FUTURE =
      Status.OUT_OF_RANGE.withDescription(
          "etcdserver: mvcc: required revision is a future revision");
  private static final Status NO_LEASE =
      Status.NOT_FOUND.withDescription("etcdserver: requested lease not found");
  private static final Status NO_SPACE =
      Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");
  private static final Status TOO_MANY =
      Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");
  private static final Status TOO_LARGE =
      Status.INVALID_ARGUMENT.withDescription("etcdserver: request is too large");
  private static final Status LEASE_EXISTS =
      Status.FAILED_PRECONDITION.withDescription("etcdserver: lease already exists");
  private static final Status NO_KEY =
      Status.INVALID_ARGUMENT.withDescription("etcdserver: key not found");

  static Stream<Arguments> proofs() {
    return Stream.of(
        Arguments.of(COMPACTED, Kind.COMPACTED, List.of(GET, READING, COMPACT)),
        Arguments.of(FUTURE, Kind.FUTURE_REVISION, List.of(GET, READING, COMPACT)),
        Arguments.of(NO_LEASE, Kind.LEASE_NOT_FOUND, List.of(PUT, REVOKE)),
        Arguments.of(LEASE_EXISTS, Kind.LEASE_EXISTS, List.of(GRANT)),
        Arguments.of(NO_KEY, Kind.KEY_NOT_FOUND, List.of(PUT)),
        Arguments.of(TOO_LARGE, Kind.INVALID_ARGUMENT, List.of(PUT, WRITING, DELETE, GRANT)),
        Arguments.of(TOO_MANY, Kind.TOO_MANY_REQUESTS, List.of(GET, PUT, WRITING, GRANT)),
        Arguments.of(NO_SPACE, Kind.NO_SPACE, List.of(READING)),
        Arguments.of(Status.UNIMPLEMENTED, Kind.UNIMPLEMENTED, List.of(GET, PUT, WRITING, LOCK)));
  }

  static Stream<Arguments> nonProofs() {
    List<Request> all = Requests.ofEveryKind().toList();
    return Stream.of(
        Arguments.of(COMPACTED, Kind.COMPACTED, List.of(WRITING, WRITING_DEEP_INSIDE, LOCK)),
        Arguments.of(FUTURE, Kind.FUTURE_REVISION, List.of(WRITING, WRITING_DEEP_INSIDE)),
        Arguments.of(
            NO_LEASE, Kind.LEASE_NOT_FOUND, List.of(WRITING, WRITING_DEEP_INSIDE, LOCK, UNLOCK)),
        Arguments.of(NO_KEY, Kind.KEY_NOT_FOUND, List.of(WRITING)),
        Arguments.of(TOO_LARGE, Kind.INVALID_ARGUMENT, List.of(LOCK)),
        Arguments.of(TOO_MANY, Kind.TOO_MANY_REQUESTS, List.of(LOCK, UNLOCK)),
        Arguments.of(NO_SPACE, Kind.NO_SPACE, List.of(PUT, WRITING, WRITING_DEEP_INSIDE, GRANT)),
        Arguments.of(
            Status.DATA_LOSS.withDescription("etcdserver: corrupt cluster"), Kind.CORRUPT, all),
        Arguments.of(Status.DEADLINE_EXCEEDED, Kind.DEADLINE, all),
        Arguments.of(
            Status.UNAVAILABLE.withDescription("etcdserver: request timed out"), Kind.OTHER, all),
        Arguments.of(
            Status.UNAVAILABLE.withDescription("etcdserver: leader changed"), Kind.OTHER, all),
        Arguments.of(Status.CANCELLED, Kind.OTHER, all),
        Arguments.of(Status.INVALID_ARGUMENT.withDescription("something new"), Kind.OTHER, all),
        Arguments.of(
            Status.RESOURCE_EXHAUSTED.withDescription("grpc: received message larger than max"),
            Kind.OTHER,
            all),
        Arguments.of(
            Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"),
            Kind.OTHER,
            all),
        Arguments.of(
            Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"),
            Kind.OTHER,
            all));
  }

  @ParameterizedTest
  @MethodSource("proofs")
  void anErrorOnTheListProvesThatNothingHappened(Status status, Kind kind, List<Request> requests) {
    for (Request request : requests) {
      assertThat(Classifier.outcome(request, status, true))
          .as("%s", request)
          .isEqualTo(new Outcome.Failed(failure(status, kind)));
    }
  }

  @ParameterizedTest
  @MethodSource("nonProofs")
  void anyOtherErrorProvesNothing(Status status, Kind kind, List<Request> requests) {
    for (Request request : requests) {
      assertThat(Classifier.outcome(request, status, true))
          .as("%s", request)
          .isEqualTo(new Outcome.Unknown(failure(status, kind)));
    }
  }

  @Test
  void whatNeverLeftDidNothingWhateverTheErrorSays() {
    Requests.ofEveryKind()
        .forEach(request ->
            assertThat(Classifier.outcome(request, Status.DEADLINE_EXCEEDED, false))
                .isEqualTo(
                    new Outcome.Failed(new Failure(Kind.NOT_SENT, "DEADLINE_EXCEEDED", ""))));
  }

  @Test
  void theCauseOfAnErrorIsTold() {
    Failure failure =
        Classifier.failure(
            Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new java.net.ConnectException("Connection refused")),
            true);

    assertThat(failure.message())
        .isEqualTo("io exception (java.net.ConnectException: Connection refused)");
  }

  private static Failure failure(Status status, Kind kind) {
    return new Failure(
        kind,
        status.getCode().name(),
        status.getDescription() == null ? "" : status.getDescription());
  }
}
