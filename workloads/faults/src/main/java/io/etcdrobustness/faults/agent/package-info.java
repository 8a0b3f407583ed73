/**
 * The agent beside a member, here and at a distance.
 *
 * <p>A {@link io.etcdrobustness.faults.agent.LocalAgent} composes the member's process and its
 * proxies: it keeps each fault's deadline, lets overlapping faults compose, and ends each with a
 * proof. An {@link io.etcdrobustness.faults.agent.AgentServer} offers it to a holder elsewhere, who
 * uses a {@link io.etcdrobustness.faults.agent.RemoteAgent}; when the holder falls silent, the
 * agent heals everything by itself. What happens to the member meanwhile is numbered in a {@link
 * io.etcdrobustness.faults.agent.MemberJournal}, so that the holder gets every event once, also
 * those of a time without a connection. {@link io.etcdrobustness.faults.agent.AgentMain} is the
 * process in which all that lives beside a member.
 *
 * <p>In a pod the member's own container starts it, at the agent's word, and the holder decides
 * whether it is to run: {@link io.etcdrobustness.faults.MemberControl}, kept by a {@code
 * MemberKeeper}. There the agent starts it again itself when it ends, but never on an empty disk.
 *
 * <p>What to inject, when and on whom is decided elsewhere: nothing here draws or plans.
 */
@NullMarked
package io.etcdrobustness.faults.agent;

import org.jspecify.annotations.NullMarked;
