package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Operation;
import java.util.List;
import java.util.Optional;

/**
 * The furthest point that a search reached, and why it went no further.
 *
 * @param revision where
 * @param stuck the operation whose answer fits nothing, if it was one
 * @param why what is wrong with it, or what the candidates lack
 * @param seen what answers tell of that revision, if nobody is known to own it
 * @param rejected the candidates for that revision, each with the reason
 */
record DeadEnd(
    long revision,
    Optional<Operation> stuck,
    String why,
    List<Sighting> seen,
    List<String> rejected) {}
