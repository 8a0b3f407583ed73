package io.etcdrobustness.spec;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An etcd release. A pre-release, such as {@code v3.8.0-alpha.0}, comes before its release.
 *
 * @param preRelease what stands behind the hyphen, empty for a release
 */
public record Release(int major, int minor, int patch, String preRelease)
    implements Comparable<Release> {

  /** How a release is written. */
  public static final String PATTERN = "^v[0-9]{1,4}\\.[0-9]{1,4}\\.[0-9]{1,4}(-[a-z]+\\.[0-9]+)?$";

  private static final Pattern FORM =
      Pattern.compile("^v([0-9]{1,4})\\.([0-9]{1,4})\\.([0-9]{1,4})(?:-([a-z]+\\.[0-9]+))?$");

  private static final Comparator<Release> ORDER =
      Comparator.comparingInt(Release::major)
          .thenComparingInt(Release::minor)
          .thenComparingInt(Release::patch)
          .thenComparing(release -> release.preRelease().isEmpty())
          .thenComparing(release -> release.preRelease().replaceAll("[.0-9]", ""))
          .thenComparing(release -> release.preRelease().length())
          .thenComparing(Release::preRelease);

  /**
   * Parses a release.
   *
   * @throws IllegalArgumentException with a sentence for the user, if it is not one
   */
  public static Release parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a release of etcd; write it as v3.7.3");
    }
    String preRelease = form.group(4);
    return new Release(
        Integer.parseInt(form.group(1)),
        Integer.parseInt(form.group(2)),
        Integer.parseInt(form.group(3)),
        preRelease == null ? "" : preRelease);
  }

  /** Major and minor, such as {@code v3.7}. */
  public String line() {
    return "v" + major + "." + minor;
  }

  /** Whether it is of the line {@code major.minor} or of a newer one. */
  public boolean isAtLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }

  @Override
  public int compareTo(Release other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "v" + major + "." + minor + "." + patch + (preRelease.isEmpty() ? "" : "-" + preRelease);
  }
}
