/**
 * The specification against the real thing: {@link io.etcdrobustness.checker.model.EtcdModel} and
 * one member of etcd get the same random requests, one by one, and must give the same answers.
 *
 * <p>{@link io.etcdrobustness.runs.differential.Duel} compares one answer, {@link
 * io.etcdrobustness.runs.differential.Exactly} field by field; what releases do differently stands
 * in {@link io.etcdrobustness.runs.differential.Dialect} and nowhere else. {@link
 * io.etcdrobustness.runs.differential.Damages} shows that an answer with any other field would have
 * been refused.
 */
@NullMarked
package io.etcdrobustness.runs.differential;

import org.jspecify.annotations.NullMarked;
