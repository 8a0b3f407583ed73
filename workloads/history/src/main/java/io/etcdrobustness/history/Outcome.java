package io.etcdrobustness.history;

/** How an operation ended, as its client knows it. */
public sealed interface Outcome {

  /** etcd answered. */
  record Ok(Response response) implements Outcome {}

  /**
   * etcd refused, and so definitely did nothing. What it said is a claim about the state that can
   * be judged: "compacted" must have been compacted.
   */
  record Failed(Failure failure) implements Outcome {}

  /**
   * No answer that settles it: the request may have taken effect, may take effect later, or never.
   */
  record Unknown(Failure failure) implements Outcome {}
}
