/**
 * What each revision of the store changed, as its witnesses tell it.
 *
 * <p>{@link io.etcdrobustness.checker.log.RevisionLog} puts together the answers to acknowledged
 * writes, whose header names their revision, and the events of watches. It never invents: where
 * witnesses are silent a key's state is <em>not known</em>, and what is not known is not judged. It
 * depends on no verdict, so watches and reads of a history that is not linearizable, or whose
 * linearizability could not be decided, are judged all the same.
 *
 * <p>No property lives here, only what several properties need in order to judge.
 */
@NullMarked
package io.etcdrobustness.checker.log;

import org.jspecify.annotations.NullMarked;
