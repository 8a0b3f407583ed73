/**
 * The replay of {@link io.etcdrobustness.checker.linearizability.Replay} for {@linkplain
 * io.etcdrobustness.history.plain plain operations}, on numbers: the same places, the same real
 * time, the same steps, for a fraction of the work. It knows puts, deletes of one key, gets, ranges
 * and txns of those on conditions of revisions, over a store that began empty, with or without one
 * watch of everything.
 *
 * <p>It can only say that a history is in order. Whatever it does not understand, and all that is
 * not in order, is left to the general pass, which is also its oracle ({@code PlainPassTest}).
 */
@NullMarked
package io.etcdrobustness.checker.plain;

import org.jspecify.annotations.NullMarked;
