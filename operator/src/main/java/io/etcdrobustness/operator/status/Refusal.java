package io.etcdrobustness.operator.status;

/**
 * Why no run begins.
 *
 * @param reason one word
 * @param message a sentence that says what to do
 * @param stalled whether the test cannot go on until someone changes something about it; else it
 *     only waits
 */
public record Refusal(String reason, String message, boolean stalled) {

  /** The spec is wrong. */
  public static final String INVALID_SPEC = "InvalidSpec";

  /** Someone asked for all of it to end. */
  public static final String HALTED = "Halted";

  /** Nobody allowed tests in this namespace. */
  public static final String NAMESPACE_NOT_ENABLED = "NamespaceNotEnabled";
}
