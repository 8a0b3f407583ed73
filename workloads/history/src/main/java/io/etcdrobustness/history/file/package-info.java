/**
 * How a history gets onto disk and back as JSON lines, for people and their tools: to export a
 * record, and to import one. Runs before segments were their record wrote it so, and stay readable.
 *
 * <p>{@link io.etcdrobustness.history.file.HistoryWriter} writes a folder, {@link
 * io.etcdrobustness.history.file.HistoryReader} reads it, after a crash too. The format is
 * described in {@code docs/history-format.md}; each {@code …Codec} holds both directions of one
 * family of records.
 *
 * <p>Here too: what the readers of other tools' formats share, namely JSON whose every value knows
 * its place in the file ({@link io.etcdrobustness.history.file.JsonText}), the result ({@link
 * io.etcdrobustness.history.file.Loaded}, or {@link io.etcdrobustness.history.file.HistorySource}
 * where it need not be in memory) and the one exception ({@link
 * io.etcdrobustness.history.file.HistoryFormatException}). Nothing here judges what it reads.
 */
@NullMarked
package io.etcdrobustness.history.file;

import org.jspecify.annotations.NullMarked;
