/**
 * How a history gets onto disk and back: the project's own format.
 *
 * <p>{@link io.etcdrobustness.history.file.HistoryWriter} appends entries to a folder while a run
 * goes on, {@link io.etcdrobustness.history.file.HistoryReader} reads the folder back, after a
 * crash too. The format is described in {@code docs/history-format.md}; each {@code …Codec} holds
 * both directions of one family of records.
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
