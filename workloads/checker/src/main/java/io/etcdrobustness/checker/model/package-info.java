/**
 * What etcd's key-value store and leases do: the one executable specification.
 *
 * <p>{@link io.etcdrobustness.checker.model.EtcdModel} says what a request does to a {@link
 * io.etcdrobustness.checker.model.Store} and what must be answered; {@link
 * io.etcdrobustness.checker.model.Matching} says whether a recorded answer is that answer. {@link
 * io.etcdrobustness.checker.model.PlainSteps} says the same of the most common requests, faster.
 * The store can take back every step, which is what a search over orders needs.
 *
 * <p>No opinion on time, clients or members lives here: only what one request after the other does.
 */
@NullMarked
package io.etcdrobustness.checker.model;

import org.jspecify.annotations.NullMarked;
