package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of one client: an invocation with its completion.
 *
 * @param completion absent if the history ends before
 * @param begin when it was invoked
 * @param end when it was completed; the invocation's time if it was not
 */
record Call(JepsenOp invoke, Optional<JepsenOp> completion, long begin, long end) {

  /**
   * The errors that jepsen.etcd's clients tell as definite ({@code remap-errors} of {@code
   * client.clj}, and the workloads' own) and that are: the store answered so, or refused before
   * anything was proposed. Of any other, "raft: stopped" and "connection refused" among them, it is
   * not sure that no attempt of it ever reached a leader, so it counts as unknown.
   */
  private static final Set<String> REFUSALS =
      Set.of(
          "did-not-succeed",
          "didn't-succeed",
          "duplicate-key",
          "etcdserver-too-many-requests",
          "compacted",
          "revision-compacted");

  /** How it ended. */
  enum End {
    OK,
    /** It surely did nothing. */
    REFUSED,
    UNKNOWN
  }

  /** How it ended. */
  End ended() {
    return switch (completion.map(JepsenOp::type).orElse(JepsenOp.Type.INFO)) {
      case OK -> End.OK;
      case FAIL -> isRefusal(completion.orElseThrow().error()) ? End.REFUSED : End.UNKNOWN;
      case INFO, INVOKE -> End.UNKNOWN;
    };
  }

  /** A failure without an error is the answer to a condition that did not hold. */
  private static boolean isRefusal(Edn error) {
    return switch (error) {
      case Edn.Nil() -> true;
      case Edn.Keyword(String name) -> REFUSALS.contains(name);
      case Edn.Items(List<Edn> items) ->
          !items.isEmpty()
              && items.getFirst() instanceof Edn.Keyword(String name)
              && REFUSALS.contains(name);
      case Edn other -> false;
    };
  }

  /** What was done. */
  String f() {
    return invoke.f();
  }

  /** The client. */
  int client() {
    return invoke.client();
  }

  /** What it was invoked with. */
  Edn asked() {
    return invoke.value();
  }

  /** What it was completed with. */
  Edn answered() {
    return completion.map(JepsenOp::value).orElse(Edn.NIL);
  }

  /** What {@code --debug} tells of it. */
  Edn debug() {
    return completion.map(JepsenOp::debug).orElse(Edn.NIL);
  }

  /**
   * A number for a part of it, unique in the file and in the order of calls.
   *
   * @param part from 0 to 3
   */
  long id(int part) {
    return 4 * invoke.number() + part;
  }

  /** The error, as its client told it. */
  Failure failure() {
    Edn error = completion.map(JepsenOp::error).orElse(Edn.NIL);
    boolean late =
        error instanceof Edn.Items(List<Edn> items)
            && !items.isEmpty()
            && items.getFirst().is("timeout");
    return new Failure(
        late ? Failure.Kind.DEADLINE : Failure.Kind.OTHER,
        "",
        completion.isEmpty() ? "the history ends before it was completed" : error.text());
  }

  /** An error in its completion. */
  HistoryFormatException wrong(String message) {
    return completion.orElse(invoke).wrong(message);
  }
}
