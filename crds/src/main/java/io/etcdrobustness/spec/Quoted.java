package io.etcdrobustness.spec;

/** What a user wrote, fit to stand in a message of one line. */
final class Quoted {

  private static final int LONGEST = 60;

  private Quoted() {}

  /** {@code text} in quotes, without line breaks, cut if it is long. */
  static String of(String text) {
    return "'" + bare(text) + "'";
  }

  /** {@code text} without line breaks, cut if it is long. */
  static String bare(String text) {
    return bare(text, LONGEST);
  }

  /** {@code text} without line breaks, cut behind {@code longest} characters. */
  static String bare(String text, int longest) {
    String shown = text.length() <= longest ? text : text.substring(0, longest) + "…";
    return shown.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "·");
  }
}
