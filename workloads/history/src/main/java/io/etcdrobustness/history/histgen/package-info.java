/** Synthetic histories of the history generator in {@code bench/histgen}, read into a history. */
@NullMarked
package io.etcdrobustness.history.histgen;

import org.jspecify.annotations.NullMarked;
