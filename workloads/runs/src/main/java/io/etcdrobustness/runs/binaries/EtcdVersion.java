package io.etcdrobustness.runs.binaries;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of etcd, such as {@code v3.7.3} or {@code v3.8.0-alpha.0}. */
public record EtcdVersion(int major, int minor, int patch, String suffix)
    implements Comparable<EtcdVersion> {

  private static final Pattern FORM =
      Pattern.compile("v?([0-9]{1,4})\\.([0-9]{1,4})\\.([0-9]{1,4})(-[0-9A-Za-z.-]+)?");

  /**
   * Parses a version, with or without the {@code v}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public static EtcdVersion parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a release of etcd; write it as v3.7.3");
    }
    String suffix = matcher.group(4);
    return new EtcdVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        suffix == null ? "" : suffix);
  }

  /** Whether it is of the release line {@code major.minor} or a newer one. */
  public boolean isAtLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }

  @Override
  public int compareTo(EtcdVersion other) {
    int byMajor = Integer.compare(major, other.major);
    int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
    int byPatch = byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
    if (byPatch != 0) {
      return byPatch;
    }
    // A pre-release comes before its release.
    return suffix.isEmpty() || other.suffix.isEmpty()
        ? Boolean.compare(suffix.isEmpty(), other.suffix.isEmpty())
        : suffix.compareTo(other.suffix);
  }

  @Override
  public String toString() {
    return "v" + major + "." + minor + "." + patch + suffix;
  }
}
