package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Response;

/** What a request did. */
public sealed interface Step {

  /**
   * It was executed.
   *
   * @param response what must be answered
   * @param effective whether it changed keys, and so raised the revision by one
   */
  record Done(Response response, boolean effective) implements Step {}

  /** It was refused, and did nothing. */
  record Refused(Failure.Kind reason) implements Step {}
}
