/**
 * The process of one member: started under a guard, signalled, watched.
 *
 * <p>Nothing here knows etcd; what must not live here: decisions about when to do what to whom.
 */
@NullMarked
package io.etcdrobustness.faults.process;

import org.jspecify.annotations.NullMarked;
