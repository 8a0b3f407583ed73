package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The operations of a {@code history.edn}, in the order of the file.
 *
 * <p>Jepsen's times are nanoseconds since the test began, of one clock. Where an operation has none
 * (histories of other tools, {@code :time -1}), the place in the file stands for the time of all:
 * Jepsen writes in the order in which things happened.
 *
 * @param calls the clients' operations, by invocation
 * @param nemesis what the nemesis did
 * @param timed whether the file tells times
 */
record JepsenFile(Path path, List<Call> calls, List<JepsenOp> nemesis, boolean timed) {

  /** Where Jepsen writes the history, in the folder of a test's run. */
  static final String NAME = "history.edn";

  JepsenFile {
    calls = List.copyOf(calls);
    nemesis = List.copyOf(nemesis);
  }

  /** The file that {@code path} is, or that lies in it. */
  static Path find(Path path) {
    return Files.isDirectory(path) ? path.resolve(NAME) : path;
  }

  /** Whether {@code file} begins with an operation of Jepsen. */
  static boolean recognizes(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      new EdnReader(file, in)
          .forEach((at, value) -> {
            throw new Seen(JepsenOp.looksLikeOne(value));
          });
      return false;
    } catch (Seen first) {
      return first.operation;
    } catch (HistoryFormatException noEdn) {
      return false;
    }
  }

  /** Ends the reading with the first value. */
  private static final class Seen extends IOException {

    private static final long serialVersionUID = 1L;
    private final boolean operation;

    Seen(boolean operation) {
      this.operation = operation;
    }
  }

  static JepsenFile read(Path file) throws IOException {
    List<JepsenOp> operations = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      new EdnReader(file, in)
          .forEach((at, value) -> operations.add(JepsenOp.of(file, at, operations.size(), value)));
    }
    boolean timed =
        operations.stream().allMatch(o -> o.time().isPresent() && o.time().getAsLong() >= 0);
    if (!timed) {
      operations.replaceAll(JepsenFile::numbered);
    }
    List<JepsenOp> nemesis = operations.stream().filter(o -> !o.ofClient()).toList();
    return new JepsenFile(file, calls(operations), nemesis, timed);
  }

  private static JepsenOp numbered(JepsenOp o) {
    return new JepsenOp(
        o.file(),
        o.at(),
        o.number(),
        o.type(),
        o.process(),
        o.f(),
        o.value(),
        OptionalLong.of(o.number()),
        o.error(),
        o.debug());
  }

  /** A client is sequential: its completion belongs to its last invocation. */
  private static List<Call> calls(List<JepsenOp> operations) throws HistoryFormatException {
    Map<Integer, JepsenOp> open = new HashMap<>();
    Map<Long, Call> calls = new LinkedHashMap<>();
    for (JepsenOp operation : operations) {
      if (!operation.ofClient()) {
        continue;
      }
      JepsenOp invoked = open.remove(operation.client());
      if (operation.type() == JepsenOp.Type.INVOKE) {
        if (invoked != null) {
          throw operation.wrong(
              "process %d is invoked again before what it began at %s was completed"
                  .formatted(operation.client(), invoked.at()));
        }
        open.put(operation.client(), operation);
        calls.put(operation.number(), call(operation, Optional.empty()));
      } else if (invoked == null) {
        throw operation.wrong(
            "process %d completes what it did not begin".formatted(operation.client()));
      } else if (!invoked.f().equals(operation.f())) {
        throw operation.wrong(
            "process %d completes :%s, but began :%s at %s"
                .formatted(operation.client(), operation.f(), invoked.f(), invoked.at()));
      } else {
        calls.put(invoked.number(), call(invoked, Optional.of(operation)));
      }
    }
    return List.copyOf(calls.values());
  }

  private static Call call(JepsenOp invoke, Optional<JepsenOp> completion)
      throws HistoryFormatException {
    long begin = invoke.time().orElseThrow();
    long end = completion.map(JepsenOp::time).orElse(invoke.time()).orElseThrow();
    if (end < begin) {
      throw completion
          .orElse(invoke)
          .wrong("is completed at " + end + ", before it was invoked at " + begin);
    }
    return new Call(invoke, completion, begin, end);
  }
}
