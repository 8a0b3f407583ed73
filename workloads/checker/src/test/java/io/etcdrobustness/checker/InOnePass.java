package io.etcdrobustness.checker;

import io.etcdrobustness.checker.reads.SerializableReadFromPast;
import io.etcdrobustness.history.History;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one pass proves of a whole history, for tests that compare it with others. */
public final class InOnePass {

  private InOnePass() {}

  /** The findings of those of {@code properties} that are proved. */
  public static Map<Property, Finding> of(List<Property> properties, History history) {
    OnePass pass =
        new OnePass(properties, history.frame(), history.watches().iterator(), Budget.UNLIMITED);
    history.operations().forEach(pass::take);
    return pass.end();
  }

  /** The finding of {@code property}, if it is proved. */
  public static Optional<Finding> of(Property property, History history) {
    return Optional.ofNullable(of(List.of(property), history).get(property));
  }

  /**
   * Whether only a watch that tells untruths makes the judge accuse a read; he believes watches
   * where nobody else tells. The pass, which has executed everything, knows better.
   */
  public static boolean mayMislead(History history, Property property) {
    Evidence unwatched = new Evidence(history.frame().with(history.operations()));
    return property instanceof SerializableReadFromPast
        && property.judge(unwatched, Budget.UNLIMITED).status() != Finding.Status.VIOLATED;
  }

  /** {@code history}, an entry on a line. */
  public static String print(History history) {
    return Stream.concat(history.operations().stream(), history.watches().stream())
        .map(Object::toString)
        .collect(Collectors.joining("\n"));
  }
}
