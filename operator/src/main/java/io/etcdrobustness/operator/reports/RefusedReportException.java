package io.etcdrobustness.operator.reports;

/** A report is not taken; the message says why, to whoever sent it. */
public final class RefusedReportException extends Exception {

  private static final long serialVersionUID = 1;

  private final Why why;

  /** What is wrong, as far as it matters to the sender. */
  public enum Why {
    /** What was sent is no report. */
    MALFORMED(400),
    /** It is larger than a report may be. */
    TOO_LARGE(413),
    /** There is no room, and nothing of less worth that could go. */
    NO_ROOM(507);

    private final int status;

    Why(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  RefusedReportException(Why why, String sentence) {
    super(sentence);
    this.why = why;
  }

  /** What is wrong. */
  public Why why() {
    return why;
  }

  /** Why, in a sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
