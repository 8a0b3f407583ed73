package io.etcdrobustness.faults;

import java.util.List;
import java.util.Optional;

/** The cluster as the fault driver sees it. */
public interface ClusterView {

  /** Names of all members, sorted. */
  List<String> members();

  /** Name of the member that was last seen to be leader. */
  Optional<String> leader();

  /** Whoever carries out faults at this member. */
  Agent agent(String member);
}
