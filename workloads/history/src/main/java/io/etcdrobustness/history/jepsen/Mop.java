package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.file.HistoryFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * A step of a transaction: {@code [:r key value]}, {@code [:w key value]} or {@code [:append key
 * element]}.
 *
 * @param value what was read, or is written
 */
record Mop(Kind kind, Edn key, Edn value) {

  /** What the step does. */
  enum Kind {
    READ,
    WRITE,
    APPEND
  }

  /** The steps that {@code call} was invoked with. */
  static List<Mop> asked(Call call) throws HistoryFormatException {
    return all(call, call.asked());
  }

  /** The steps with what was read; they must be those that were asked for. */
  static List<Mop> answered(Call call) throws HistoryFormatException {
    List<Mop> asked = asked(call);
    List<Mop> answered = all(call, call.answered());
    boolean same = asked.size() == answered.size();
    for (int i = 0; same && i < asked.size(); i++) {
      Mop one = asked.get(i);
      Mop other = answered.get(i);
      same =
          one.kind == other.kind
              && one.key.equals(other.key)
              && (one.kind == Kind.READ || one.value.equals(other.value));
    }
    if (!same) {
      throw call.wrong(
          "answers %s to the transaction %s"
              .formatted(call.answered().text(), call.asked().text()));
    }
    return answered;
  }

  boolean reads() {
    return kind == Kind.READ;
  }

  private static List<Mop> all(Call call, Edn txn) throws HistoryFormatException {
    if (!(txn instanceof Edn.Items(List<Edn> steps))) {
      throw call.wrong("expected a transaction [[:r key value] …], found " + txn.text());
    }
    List<Mop> all = new ArrayList<>(steps.size());
    for (Edn step : steps) {
      if (!(step instanceof Edn.Items(List<Edn> parts))
          || parts.size() != 3
          || !(parts.getFirst() instanceof Edn.Keyword(String f))) {
        throw call.wrong(
            "expected [:r key value], [:w key value] or [:append key element], found "
                + step.text());
      }
      Kind kind =
          switch (f) {
            case "r" -> Kind.READ;
            case "w" -> Kind.WRITE;
            case "append" -> Kind.APPEND;
            default -> throw call.wrong("expected :r, :w or :append, found :" + f);
          };
      all.add(new Mop(kind, parts.get(1), parts.get(2)));
    }
    return all;
  }
}
