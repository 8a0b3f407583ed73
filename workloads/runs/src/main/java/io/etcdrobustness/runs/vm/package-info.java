/**
 * The substrate of real, unmodified etcd processes in one deterministic machine: a Linux kernel
 * that runs as a program, in simulated time, with pinned randomness and a seeded scheduler.
 *
 * <p>The guest decides nothing. It takes turns with the run: it says what has happened, and stands
 * still, its clock too, until the run has said what to do next and when to speak again ({@link
 * io.etcdrobustness.runs.vm.Machine}). The run's loop lives by that clock ({@link
 * io.etcdrobustness.runs.vm.GuestLoop}), so traffic, faults and plans are the same Java as
 * everywhere, and a run is a function of the kernel, the initramfs, the etcd binaries and the plan.
 * The other half is {@code hack/vm}, where the protocol is written down.
 */
@NullMarked
package io.etcdrobustness.runs.vm;

import org.jspecify.annotations.NullMarked;
