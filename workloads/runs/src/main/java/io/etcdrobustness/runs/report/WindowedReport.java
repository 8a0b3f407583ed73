package io.etcdrobustness.runs.report;

import io.etcdrobustness.runs.windows.WindowFolders;
import io.etcdrobustness.runs.windows.WindowStanding;

/**
 * All that there is to tell about a continuous run.
 *
 * @param report whose history is that of the window that is shown, and whose assessment is the
 *     run's
 * @param shown the window that is shown: the first violated one, or the last; 0 if there is none
 * @param folders where the records of the windows lie that are kept
 */
public record WindowedReport(
    Report report, WindowStanding standing, int shown, WindowFolders folders) {}
