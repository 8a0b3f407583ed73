/**
 * The compact form of a history: segment files, for what is too much for JSON lines.
 *
 * <p>{@link io.etcdrobustness.history.segment.SegmentWriter} appends entries to a folder of segment
 * files, {@link io.etcdrobustness.history.segment.SegmentReader} hands them out again, one block in
 * memory at a time, after a crash too. The bytes are described in {@code docs/history-format.md}.
 *
 * <p>From the outside in: a {@code SegmentOutput} or {@code SegmentInput} is one file and knows
 * headers and checksums, a {@code BlockOut} or {@code BlockIn} is the content of one block and
 * knows columns and what was said before in it, each {@code …Codec} holds both directions of one
 * family of records. Nothing here judges what it reads.
 */
@NullMarked
package io.etcdrobustness.history.segment;

import org.jspecify.annotations.NullMarked;
