package io.etcdrobustness.spec;

/**
 * A {@code RobustnessTest} as it was read from a file.
 *
 * @param name its {@code metadata.name}
 */
public record TestDocument(String name, TestSpec spec) {}
