package io.etcdrobustness.checker;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The releases of etcd that have a bug.
 *
 * @param since the first one
 * @param fixes the first fixed release of each line that got a fix, ascending; a line without one
 *     is affected if a later line has one, or if none has. Empty: not fixed yet
 */
record AffectedVersions(Version since, List<Version> fixes) {

  private static final Pattern NUMBERS =
      Pattern.compile("(?<![\\d.])v?(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(?![\\d.])");

  /** A release; a release candidate counts as its release. */
  record Version(int major, int minor, int patch) implements Comparable<Version> {

    private static final Comparator<Version> ORDER =
        Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    /** The first version that {@code text} names. */
    static Optional<Version> in(String text) {
      Matcher matcher = NUMBERS.matcher(text);
      return matcher.find()
          ? Optional.of(
              new Version(
                  Integer.parseInt(matcher.group(1)),
                  Integer.parseInt(matcher.group(2)),
                  Integer.parseInt(matcher.group(3))))
          : Optional.empty();
    }

    private boolean sameLine(Version other) {
      return major == other.major && minor == other.minor;
    }

    @Override
    public String toString() {
      return major + "." + minor + "." + patch;
    }

    @Override
    public int compareTo(Version other) {
      return ORDER.compare(this, other);
    }
  }

  AffectedVersions {
    fixes = fixes.stream().sorted().toList();
  }

  /** From {@code since} on, with these fixes; each written as {@code 3.5.8}. */
  static AffectedVersions since(String since, String... fixes) {
    return new AffectedVersions(
        parse(since), List.of(fixes).stream().map(AffectedVersions::parse).toList());
  }

  @Override
  public String toString() {
    return "from "
        + since
        + (fixes.isEmpty()
            ? ", not fixed"
            : ", fixed in " + String.join(", ", fixes.stream().map(Version::toString).toList()));
  }

  boolean contains(Version version) {
    if (version.compareTo(since) < 0) {
      return false;
    }
    for (Version fix : fixes) {
      if (fix.sameLine(version)) {
        return version.compareTo(fix) < 0;
      }
    }
    return fixes.isEmpty() || version.compareTo(fixes.getLast()) < 0;
  }

  /** The versions that the members of {@code history} told, or were started as. */
  static SortedSet<Version> seen(History history) {
    SortedSet<Version> versions = new TreeSet<>();
    for (Operation operation : history.operations()) {
      if (operation.outcome() instanceof Outcome.Ok(Response.MemberStatus status)) {
        Version.in(status.version()).ifPresent(versions::add);
      }
    }
    for (MemberEvent event : history.memberEvents()) {
      if (event.kind() == MemberEvent.Kind.STARTED || event.kind() == MemberEvent.Kind.VERSION) {
        Version.in(event.detail()).ifPresent(versions::add);
      }
    }
    return versions;
  }

  private static Version parse(String text) {
    return Version.in(text)
        .orElseThrow(() -> new IllegalArgumentException(text + " is no version of etcd"));
  }
}
