/**
 * One member's process: start, signals, exit, and the certainty that nothing is left behind.
 *
 * <p>A {@link io.etcdrobustness.faults.process.MemberProcess} runs under a guard ({@code
 * guard.sh}), which outlives this process and kills the member when we are gone, even by {@code
 * kill -9}, and even if the member is stopped. The guard is a child of ours, or it is in another
 * container of the pod, where {@code supervise.sh} starts it ({@link
 * io.etcdrobustness.faults.process.SupervisedGuard}); in a shared process namespace that makes no
 * difference to signals and to {@code /proc}. What the kernel says of a process ({@link
 * io.etcdrobustness.faults.process.ProcessStatus}) is the proof of a signal's effect. Nothing here
 * knows faults, their length or their composition: that is the agent's.
 */
@NullMarked
package io.etcdrobustness.faults.process;

import org.jspecify.annotations.NullMarked;
