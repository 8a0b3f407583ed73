package io.etcdrobustness.checker.jepsen;

import io.etcdrobustness.engine.RandomSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A small run of one of Jepsen's tests, as a list of operations: generated, damaged, written down,
 * and judged by the definition.
 */
record SmallTest(Kind kind, List<Op> ops) {

  SmallTest {
    ops = List.copyOf(ops);
  }

  /** What the test does, and so what a step may be. */
  enum Kind {
    APPEND("append"),
    LOCK_ETCD_SET("lock-etcd-set"),
    SET("set"),
    REGISTER("register");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  enum End {
    OK,
    FAIL,
    INFO
  }

  /**
   * @param end when it was completed
   * @param steps one, but for {@link Kind#APPEND}
   */
  record Op(long call, long end, End how, List<Step> steps) {
    Op {
      steps = List.copyOf(steps);
    }

    private Op withSteps(List<Step> other) {
      return new Op(call, end, how, other);
    }

    /** A compare-and-set whose condition does not hold fails. */
    private Op executed(List<Step> results) {
      boolean refused =
          how == End.OK
              && results.getFirst().f == F.CAS
              && results.getFirst().result.orElse(List.of()).isEmpty();
      return new Op(call, end, refused ? End.FAIL : how, results);
    }
  }

  /**
   * A step.
   *
   * @param argument the element, the value, or the old and the new value
   * @param result what was read, or the version and the value; -1 stands for nil
   */
  record Step(F f, int key, List<Integer> argument, Optional<List<Integer>> result) {
    Step {
      argument = List.copyOf(argument);
      result = result.map(List::copyOf);
    }

    Step answering(Optional<List<Integer>> other) {
      return new Step(f, key, argument, other);
    }
  }

  enum F {
    READ,
    ADD,
    WRITE,
    CAS
  }

  /** A run of a sound store. */
  static SmallTest generate(Kind kind, int size, RandomSource random) {
    record Timed(long at, Op op) {}
    List<Timed> timed = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      long call = random.nextInt(10 * size);
      long end = call + random.nextInt(25);
      boolean unknown = random.chance(0.3);
      List<Step> steps = new ArrayList<>();
      int most = kind == Kind.APPEND ? 1 + random.nextInt(3) : 1;
      for (int step = 0; step < most; step++) {
        Step next = step(kind, 10 * i + step, random);
        // etcd refuses a txn that puts a key twice.
        boolean twice = steps.stream().anyMatch(other -> other.f == F.ADD && other.key == next.key);
        steps.add(
            twice && next.f == F.ADD
                ? new Step(F.READ, next.key, List.of(), Optional.empty())
                : next);
      }
      long at = call + random.nextLong(end - call + 1) + (unknown ? random.nextInt(40) : 0);
      timed.add(new Timed(at, new Op(call, end, unknown ? End.INFO : End.OK, steps)));
    }
    timed.sort(Comparator.comparingLong(Timed::at));
    Model model = Model.start(kind);
    List<Op> ops = new ArrayList<>();
    for (Timed each : timed) {
      boolean never = each.op.how == End.INFO && random.chance(0.4);
      ops.add(never ? each.op : each.op.executed(model.execute(each.op.steps)));
    }
    return new SmallTest(kind, ops);
  }

  private static Step step(Kind kind, int element, RandomSource random) {
    Optional<List<Integer>> none = Optional.empty();
    int key = kind == Kind.APPEND || kind == Kind.REGISTER ? random.nextInt(2) : 0;
    if (random.chance(0.45)) {
      return new Step(F.READ, key, List.of(), none);
    }
    if (kind != Kind.REGISTER) {
      return new Step(F.ADD, key, List.of(element), none);
    }
    return random.chance(0.5)
        ? new Step(F.WRITE, key, List.of(random.nextInt(3)), none)
        : new Step(F.CAS, key, List.of(random.nextInt(3), random.nextInt(3)), none);
  }

  /** The same run with something else told. */
  SmallTest damaged(RandomSource random) {
    List<Op> all = new ArrayList<>(ops);
    int at = random.nextInt(all.size());
    Op op = all.get(at);
    all.set(
        at,
        switch (random.nextInt(4)) {
          case 0 -> {
            long shift = random.nextInt(50) - 25;
            long call = Math.max(0, op.call + shift);
            yield new Op(call, call + op.end - op.call, op.how, op.steps);
          }
          case 1 -> new Op(op.call, op.end, op.how == End.OK ? End.INFO : End.FAIL, op.steps);
          default ->
              op.withSteps(
                  op.steps.stream()
                      .map(step ->
                          step.result.isPresent()
                              ? step.answering(Optional.of(other(step.result.get(), random)))
                              : step)
                      .toList());
        });
    return new SmallTest(kind, all);
  }

  private List<Integer> other(List<Integer> result, RandomSource random) {
    List<Integer> other = new ArrayList<>(result);
    if (kind == Kind.REGISTER) {
      if (other.isEmpty()) {
        return other;
      }
      if (other.getFirst() > 1 || (other.getFirst() == 1 && random.chance(0.5))) {
        other.set(0, other.getFirst() + (other.getFirst() > 1 && random.chance(0.5) ? -1 : 1));
      }
      return other;
    }
    List<List<Integer>> reads =
        ops.stream()
            .flatMap(op -> op.steps.stream())
            .filter(step -> step.f == F.READ)
            .flatMap(step -> step.result.stream())
            .toList();
    return switch (random.nextInt(3)) {
      case 0 -> reads.isEmpty() ? other : random.pick(reads);
      case 1 -> {
        if (!other.isEmpty()) {
          other.remove(random.nextInt(other.size()));
        }
        yield other;
      }
      default -> {
        other.add(random.nextInt(10 * ops.size()));
        yield other.stream().distinct().toList();
      }
    };
  }

  /** Whether some order of the operations, in which each comes at one moment, gives all answers. */
  boolean possible() {
    return possible(new ArrayList<>(ops), Model.start(kind));
  }

  private static boolean possible(List<Op> left, Model model) {
    if (left.stream().allMatch(op -> op.how != End.OK)) {
      return true;
    }
    for (int i = 0; i < left.size(); i++) {
      Op op = left.get(i);
      boolean late =
          op.how == End.FAIL
              || left.stream().anyMatch(other -> other.how == End.OK && other.end < op.call);
      if (late) {
        continue;
      }
      Model after = model.copy();
      List<Step> steps = after.execute(op.steps);
      if (op.how != End.OK || after.same(steps, op.steps)) {
        List<Op> rest = new ArrayList<>(left);
        rest.remove(i);
        if (possible(rest, after)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The run as Jepsen writes it down; each operation by another process. */
  String edn() {
    record Line(long time, boolean completion, int number, String text) {}
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      String form = "{:type :%s, :f :%s, :value %s, :process %d, :time %d}";
      lines.add(
          new Line(
              op.call, false, i, form.formatted("invoke", f(op), value(op, false), i, op.call)));
      lines.add(
          new Line(
              op.end,
              true,
              i,
              form.formatted(
                  op.how.name().toLowerCase(Locale.ROOT),
                  f(op),
                  value(op, op.how == End.OK),
                  i,
                  op.end)));
    }
    lines.sort(Comparator.comparingLong(Line::time).thenComparing(Line::completion));
    return lines.stream().map(Line::text).collect(Collectors.joining("\n", "", "\n"));
  }

  private String f(Op op) {
    return switch (kind) {
      case APPEND -> "txn";
      case SET, LOCK_ETCD_SET, REGISTER -> op.steps.getFirst().f.name().toLowerCase(Locale.ROOT);
    };
  }

  private String value(Op op, boolean answered) {
    return switch (kind) {
      case APPEND ->
          op.steps.stream()
              .map(step ->
                  step.f == F.READ
                      ? "[:r %d %s]".formatted(step.key, answered ? found(step) : "nil")
                      : "[:append %d %d]".formatted(step.key, step.argument.getFirst()))
              .collect(Collectors.joining(" ", "[", "]"));
      case SET, LOCK_ETCD_SET -> {
        Step step = op.steps.getFirst();
        yield step.f == F.READ
            ? answered ? found(step) : "nil"
            : step.argument.getFirst().toString();
      }
      case REGISTER -> {
        Step step = op.steps.getFirst();
        String argument =
            switch (step.f) {
              case READ -> "nil";
              case WRITE -> step.argument.getFirst().toString();
              case CAS, ADD -> brackets(step.argument);
            };
        if (!answered || step.result.orElse(List.of()).isEmpty()) {
          yield "[%d [nil %s]]".formatted(step.key, argument);
        }
        List<Integer> result = step.result.orElseThrow();
        String version = result.getFirst() == 0 ? "nil" : result.getFirst().toString();
        String read = result.get(1) < 0 ? "nil" : result.get(1).toString();
        yield "[%d [%s %s]]".formatted(step.key, version, step.f == F.READ ? read : argument);
      }
    };
  }

  private String found(Step step) {
    List<Integer> content = step.result.orElse(List.of());
    if (kind == Kind.SET) {
      return "#" + brackets(content).replace('[', '{').replace(']', '}');
    }
    return content.isEmpty() ? "nil" : brackets(content);
  }

  private static String brackets(List<Integer> numbers) {
    return numbers.stream().map(Object::toString).collect(Collectors.joining(" ", "[", "]"));
  }
}
