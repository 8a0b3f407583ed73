/**
 * What etcd promises of reads, revisions, compaction and durability, one property to a class.
 *
 * <p>Nothing here searches for an order of operations: each rule compares two or three observations
 * that cannot both be true, so it is judged in near linear time also where linearizability is
 * violated or could not be decided.
 */
@NullMarked
package io.etcdrobustness.checker.reads;

import org.jspecify.annotations.NullMarked;
