package io.etcdrobustness.runs.live;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.segment.SegmentPosition;
import java.util.List;

/**
 * What there is to know of a check that goes on, besides the state of its pass.
 *
 * @param judged what is judged, and how: another check has no use for it
 * @param facts of the record
 * @param place in the record
 * @param passing whether a pass goes on, whose state follows
 * @param holding names of the properties that it may prove
 * @param open of those that only the whole can tell of
 * @param violated what has been found broken
 */
record Checkpoint(
    String judged,
    History.Facts facts,
    SegmentPosition place,
    long operations,
    long lastCall,
    long judgedUntil,
    long revision,
    boolean passing,
    List<String> holding,
    List<String> open,
    List<Finding> violated) {

  Checkpoint {
    holding = List.copyOf(holding);
    open = List.copyOf(open);
    violated = List.copyOf(violated);
  }
}
