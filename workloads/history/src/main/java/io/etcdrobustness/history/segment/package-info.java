/**
 * The record of a run on disk: a folder of segment files of bounded size, compact, checksummed, and
 * only ever appended to.
 *
 * <p>A run records through a {@link io.etcdrobustness.history.segment.LiveRecorder}, what is copied
 * goes straight to a {@link io.etcdrobustness.history.segment.SegmentWriter}. {@link
 * io.etcdrobustness.history.segment.SegmentReader} hands the entries out again, one block in memory
 * at a time, after a crash too; {@link io.etcdrobustness.history.segment.SegmentFollower} while the
 * record is being written, {@link io.etcdrobustness.history.segment.LivePass} in the order of time.
 * The bytes are described in {@code docs/history-format.md}.
 *
 * <p>From the outside in: a {@code SegmentOutput} or {@code SegmentInput} is one file and knows
 * headers and checksums, a {@code BlockOut} or {@code BlockIn} is the content of one block and
 * knows columns and what was said before in it, each {@code …Codec} holds both directions of one
 * family of records. Nothing here judges what it reads.
 */
@NullMarked
package io.etcdrobustness.history.segment;

import org.jspecify.annotations.NullMarked;
