package io.etcdrobustness.runs.live;

import java.util.List;

/**
 * How things stand.
 *
 * @param operations that have been judged
 * @param perSecond of these, since this was last told
 * @param revision up to which all that is proved holds; 0 if the order of all answers is not known
 *     any more
 * @param time of the run, in nanoseconds, up to which that is so
 * @param behind how far that is behind the record, in nanoseconds of the run
 * @param inFlight requests whose answers matter to what is judged now
 * @param waiting operations that are recorded, and wait for one before them that is in flight
 * @param silent for how long, in nanoseconds, the record has not grown
 * @param holding names of the properties that hold so far, or are judged at the end
 * @param open names of those that only the whole record can tell of
 * @param violated names of those that are violated
 */
public record Standing(
    long operations,
    double perSecond,
    long revision,
    long time,
    long behind,
    int inFlight,
    int waiting,
    long silent,
    List<String> holding,
    List<String> open,
    List<String> violated) {

  public Standing {
    holding = List.copyOf(holding);
    open = List.copyOf(open);
    violated = List.copyOf(violated);
  }
}
