/**
 * Who drives the traffic: the waiting half of it.
 *
 * <p>A {@link io.etcdrobustness.traffic.driver.TrafficDriver} starts every stream of a {@link
 * io.etcdrobustness.traffic.profile.TrafficPlan} on the run's {@link
 * io.etcdrobustness.engine.Scheduler}, sends what the stream's generator decides at the stream's
 * pace, and shows everybody the answers. It reaches etcd through a {@link
 * io.etcdrobustness.traffic.driver.Gateway} alone, whose implementation records.
 *
 * <p>What must not live here: deciding what to send (that is the profile's), recording, and
 * blocking of any kind: everything runs on the scheduler's loop.
 */
@NullMarked
package io.etcdrobustness.traffic.driver;

import org.jspecify.annotations.NullMarked;
