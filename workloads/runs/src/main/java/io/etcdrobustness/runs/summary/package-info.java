/**
 * Reports as summaries of a CI job: Markdown as GitHub takes it, bounded in size.
 *
 * <p>They are made of what reports hold on disk, so that a summary can be made later, elsewhere,
 * and of the report of a runner that was killed.
 */
@NullMarked
package io.etcdrobustness.runs.summary;

import org.jspecify.annotations.NullMarked;
