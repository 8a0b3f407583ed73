/**
 * The state of a pass as bytes, and back, so that a pass can be taken up again by another process.
 *
 * <p>The graph of objects is written as it is, field by field: nothing that a follower keeps can be
 * forgotten, also not by one that is written tomorrow. What has no state, or is another thing in
 * another process (properties, budgets, where messages come from, functions), is not written: it
 * stays what it is in the new pass that is filled. What is of no known sort is refused when it is
 * written. Why it is so: {@code docs/decisions/0009-checkpoints.md}.
 */
@NullMarked
package io.etcdrobustness.checker.snapshot;

import org.jspecify.annotations.NullMarked;
