package io.etcdrobustness.runs.live;

import io.etcdrobustness.checker.Finding;
import java.util.List;

/** Is told how the judging of a record that is being written goes on. */
public interface LiveListener {

  /** How things stand; once a second. */
  void standing(Standing standing);

  /** A property is violated, as surely as at the end. */
  void violated(Finding finding);

  /**
   * Properties are not proved any more as the record goes on, and will be judged when it is closed.
   *
   * @param why in a sentence
   */
  void left(List<String> properties, String why);

  /** Something worth a line. */
  void note(String sentence);

  /** A property was judged over the whole, after the end. */
  void judged(Finding finding);
}
