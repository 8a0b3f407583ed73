/**
 * What etcd promises of watches, one property to a class.
 *
 * <p>The promises are those of etcd's page "KV API guarantees, Watch APIs" (Ordered, Unique,
 * Reliable, Atomic, Resumable, Bookmarkable), what the watch request asks for (filter, previous
 * key), and what an event says of itself. Each is judged against the {@link
 * io.etcdrobustness.checker.log.RevisionLog}, never against another property's verdict; what the
 * log does not know is not judged.
 */
@NullMarked
package io.etcdrobustness.checker.watch;

import org.jspecify.annotations.NullMarked;
