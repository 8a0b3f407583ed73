/**
 * The property {@link io.etcdrobustness.checker.linearizability.Linearizable}: whether all answers
 * can be explained by one order of all requests that respects real time.
 *
 * <p>etcd's answers carry revisions, and these place almost everything: a write with revision
 * <em>h</em> is the step from <em>h</em>-1 to <em>h</em>, anything without effect belongs into the
 * slot of its header's revision. What is left to search are writes of unknown outcome, which alone
 * can fill a revision that nobody is known to own. In the order of reading:
 *
 * <ol>
 *   <li>{@link io.etcdrobustness.checker.linearizability.Placement}: which operation belongs where.
 *   <li>{@link io.etcdrobustness.checker.linearizability.RealTime}: whether the places agree with
 *       the clock; decided in one pass.
 *   <li>{@link io.etcdrobustness.checker.linearizability.Sightings}: what reads say of revisions
 *       that nobody is known to own; rules out most candidates.
 *   <li>{@link io.etcdrobustness.checker.linearizability.Projection}: what each key can be by
 *       itself; proves what no choice can mend.
 *   <li>{@link io.etcdrobustness.checker.linearizability.Search}: the replay, with a choice at each
 *       revision that nobody is known to own.
 * </ol>
 *
 * <p>Most histories need no search: {@link io.etcdrobustness.checker.linearizability.Replay} finds
 * an order in one pass, with what watches and reads tell of the revisions that nobody is known to
 * own. Where nothing tells of one, {@link io.etcdrobustness.checker.linearizability.Foresight}
 * guesses from what each key is seen to be later. What it does not prove is searched.
 *
 * <p>Nothing here trusts a watch to convict: what watches tell only orders what is tried first.
 */
@NullMarked
package io.etcdrobustness.checker.linearizability;

import org.jspecify.annotations.NullMarked;
