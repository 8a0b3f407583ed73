package io.etcdrobustness.spec;

/**
 * One thing wrong in a spec.
 *
 * @param path of the field, such as {@code spec.cluster.replicas}
 * @param message what is wrong, and behind a semicolon what to write instead
 */
public record Problem(String path, String message) {

  @Override
  public String toString() {
    return path + ": " + message;
  }
}
