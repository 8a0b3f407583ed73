/**
 * The agent beside a member: it holds the member's process and its proxies, and carries out {@link
 * io.etcdrobustness.faults.Agent.Command}s on them.
 */
@NullMarked
package io.etcdrobustness.faults.agent;

import org.jspecify.annotations.NullMarked;
