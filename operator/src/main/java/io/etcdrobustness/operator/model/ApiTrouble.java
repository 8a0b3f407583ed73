package io.etcdrobustness.operator.model;

/** What went wrong between us and the API server, for people. */
public final class ApiTrouble {

  private ApiTrouble() {}

  /**
   * The first message of a failure and its causes. A request that was not answered in time has
   * none: then it is said what kind of failure it was at the bottom.
   */
  public static String inWords(Throwable failure) {
    Throwable each = failure;
    while (each.getMessage() == null && each.getCause() != null) {
      each = each.getCause();
    }
    return each.getMessage() == null
        ? "no answer (%s)".formatted(each.getClass().getSimpleName())
        : each.getMessage();
  }
}
