/**
 * Profiles, generators, and the recorded etcd client.
 *
 * <p>What decides the next request (a profile's generator) is a pure function of the seed and of
 * the answers so far; what sends it (an {@link io.etcdrobustness.traffic.EtcdClient}) records every
 * attempt as one operation and never retries: a retried put is two puts.
 */
@NullMarked
package io.etcdrobustness.traffic;

import org.jspecify.annotations.NullMarked;
