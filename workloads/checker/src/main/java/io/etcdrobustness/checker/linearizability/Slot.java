package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known to have happened at one revision: the step that led to it, and what came then. */
final class Slot {

  private final List<Operation> owners = new ArrayList<>();
  private final List<Operation> members = new ArrayList<>();
  private final List<Operation> perhapsOwners = new ArrayList<>();
  private final List<Past> pasts = new ArrayList<>();

  /** The known operation whose effect made the revision. */
  Optional<Operation> owner() {
    return owners.stream().findFirst();
  }

  /** All that claim to be the owner; more than one is a contradiction. */
  List<Operation> owners() {
    return owners;
  }

  /** Known operations without effect while the store was at the revision. */
  List<Operation> members() {
    return members;
  }

  /** Known operations that either are the owner or had no effect at this revision. */
  List<Operation> perhapsOwners() {
    return perhapsOwners;
  }

  /** Reads from later on that say what the store held at the revision. */
  List<Past> pasts() {
    return pasts;
  }

  /** What {@code operation}, or a part of it, was told of the revision later. */
  record Past(Operation operation, Request.Range range, Response.Ranged told) {}
}
