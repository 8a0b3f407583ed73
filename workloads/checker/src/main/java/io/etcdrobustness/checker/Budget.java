package io.etcdrobustness.checker;

/** How much time and memory a property may still use. Asked often; cheap to ask. */
@FunctionalInterface
public interface Budget {

  /** Whether it is used up. Once true, it stays true. */
  boolean exhausted();

  /** No limit. */
  Budget UNLIMITED = () -> false;
}
