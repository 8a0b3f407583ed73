/**
 * What every substrate of real etcds needs: certificates of a run, a member's command line in the
 * dialect of its release, and the wait until members serve.
 *
 * <p>What must not live here: where members run, and how they are started.
 */
@NullMarked
package io.etcdrobustness.runs.cluster;

import org.jspecify.annotations.NullMarked;
