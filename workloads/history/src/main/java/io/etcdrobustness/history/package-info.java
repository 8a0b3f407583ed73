/**
 * The record of a run: all that was observed, on one clock.
 *
 * <p>A {@link io.etcdrobustness.history.History} holds the {@linkplain
 * io.etcdrobustness.history.Operation operations} of every client, the {@linkplain
 * io.etcdrobustness.history.Watch watches} with each response as it came off the wire, the
 * {@linkplain io.etcdrobustness.history.FaultWindow fault windows} with their proofs, and the
 * {@linkplain io.etcdrobustness.history.MemberEvent events} of members. Types here are data without
 * opinion: what an observation means is for the checker to say.
 *
 * <p>Conventions of all types here:
 *
 * <ul>
 *   <li>Times are nanoseconds since the start of the run on the one monotonic clock of the process
 *       that recorded them.
 *   <li>Keys and values are byte strings, held as Java strings with one char per byte (ISO 8859-1):
 *       the order of strings is then etcd's order of keys. Long values are held as a token, see
 *       {@link io.etcdrobustness.history.ByteStrings}.
 *   <li>Ids of clusters, members and leases are etcd's unsigned 64-bit numbers in a {@code long}.
 * </ul>
 *
 * <p>This module knows nothing but itself: no clock, no network, no Kubernetes.
 */
@NullMarked
package io.etcdrobustness.history;

import org.jspecify.annotations.NullMarked;
