package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.status.Refusal;
import java.util.Optional;

/** Who says where and whether runs may begin. */
public interface Consent extends AutoCloseable {

  /** Why no run may begin in this namespace; empty if one may. */
  Optional<Refusal> refusal(String namespace);

  /** Whether everything that is under way must end. */
  boolean halted();

  /**
   * Has it tell whenever an answer may have changed.
   *
   * @param listener gets the namespace, or empty if all are concerned
   */
  void whenChanged(java.util.function.Consumer<Optional<String>> listener);

  @Override
  void close();
}
