package io.etcdrobustness.operator.status;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A runner's word to the operator that a node shall take no more pods, or shall take them again. A
 * runner has no right over nodes; it writes this as the annotation {@link #ANNOTATION} on the
 * StatefulSet of the member that it drains, and the operator answers with a {@link CordonAnswer}.
 *
 * @param fault what it is for; another one is another request
 * @param node the member's
 * @param hold for how long at most; zero: the node shall take pods again
 */
public record CordonRequest(String fault, String node, Duration hold) {

  /** Where it stands. */
  public static final String ANNOTATION = "etcdrobustness.io/cordon";

  private static final Pattern TEXT = Pattern.compile("(\\S{1,128}) (\\S{1,253}) (\\d{1,6})s");

  /** That the node shall take pods again. */
  public CordonRequest over() {
    return new CordonRequest(fault, node, Duration.ZERO);
  }

  /** Whether the node shall take pods again. */
  public boolean isOver() {
    return hold.isZero();
  }

  /** The annotation's value: {@code f03/m1 node-a 90s}. */
  public String text() {
    return "%s %s %ds".formatted(fault, node, hold.toSeconds());
  }

  /** Reads the annotation; empty if there is none, or if it is not of this form. */
  public static Optional<CordonRequest> parse(@Nullable String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text);
    return matcher.matches()
        ? Optional.of(
            new CordonRequest(
                matcher.group(1),
                matcher.group(2),
                Duration.ofSeconds(Long.parseLong(matcher.group(3)))))
        : Optional.empty();
  }
}
