package io.etcdrobustness.checker;

import java.util.Locale;
import java.util.Set;

/**
 * A known bug of etcd, with the signature by which it is recognised.
 *
 * @param id as tests write it in {@code spec.knownIssues}, such as {@code etcd-18667}
 * @param title what goes wrong, in a few words
 * @param affected releases that have it
 * @param excuses properties whose violations it excuses where its signature matches
 * @param suggests properties whose violations it only hints at: there the signature does not tell
 *     it from a new bug
 * @param signature what must have happened for it
 */
public record KnownIssue(
    String id,
    String title,
    AffectedVersions affected,
    Set<String> excuses,
    Set<String> suggests,
    Signature signature) {

  /** Recognises a bug by what it needs and by what it leaves behind. */
  @FunctionalInterface
  interface Signature {

    /** Whether {@code violation} can come from it. */
    boolean matches(Violation violation, Circumstances circumstances);

    /** The violation's own words contain one of {@code parts}; letter case does not matter. */
    static Signature words(String... parts) {
      return (violation, circumstances) -> {
        String summary = violation.summary().toLowerCase(Locale.ROOT);
        for (String part : parts) {
          if (summary.contains(part)) {
            return true;
          }
        }
        return false;
      };
    }
  }

  public KnownIssue {
    excuses = Set.copyOf(excuses);
    suggests = Set.copyOf(suggests);
  }

  /** Where to read about it. */
  public String url() {
    return "https://github.com/etcd-io/etcd/issues/" + id.substring(id.indexOf('-') + 1);
  }

  /** The affected releases in words. */
  public String releases() {
    return affected.toString();
  }

  /** Whether a reader should compare it: nothing speaks against it. */
  boolean resembles(Violation violation, Circumstances circumstances) {
    return (excuses.contains(violation.property()) || suggests.contains(violation.property()))
        && (circumstances.versions().isEmpty() || affects(circumstances))
        && signature.matches(violation, circumstances);
  }

  /**
   * Whether it accounts for {@code violation}: also a member is known to run an affected release.
   */
  boolean accountsFor(Violation violation, Circumstances circumstances) {
    return excuses.contains(violation.property())
        && affects(circumstances)
        && signature.matches(violation, circumstances);
  }

  private boolean affects(Circumstances circumstances) {
    return circumstances.versions().stream().anyMatch(affected::contains);
  }
}
