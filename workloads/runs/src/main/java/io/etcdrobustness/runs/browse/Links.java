package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import java.util.List;

/**
 * Addresses of pages, seen from one of them: relative, so that they hold behind whatever proxy a
 * reader comes through. They are a contract: alerts and runbooks lead to them.
 *
 * <pre>
 * /                       all tests
 * /-/tests/NAMESPACE/TEST/  a test
 * /NAMESPACE/RUN/         a run
 * </pre>
 *
 * @param root the way from the page to the first one, with a slash at its end
 */
record Links(String root) {

  /** No namespace and no report's folder is called so. */
  static final String TESTS = "-/tests/";

  /** Those of a page that lies {@code depth} folders below the first one. */
  static Links below(int depth) {
    return new Links(depth == 0 ? "./" : "../".repeat(depth));
  }

  String fleet() {
    return root;
  }

  String test(List<String> path) {
    return root + TESTS + pieces(path);
  }

  String run(List<String> path) {
    return root + pieces(path);
  }

  private static String pieces(List<String> path) {
    StringBuilder href = new StringBuilder();
    path.forEach(piece -> href.append(Html.encode(piece)).append('/'));
    return href.toString();
  }
}
