/**
 * Fault kinds, the seeded plan, targets, and the driver that carries the plan out.
 *
 * <p>What (an {@link io.etcdrobustness.faults.Injection} of a {@link
 * io.etcdrobustness.faults.FaultPlan}), to whom (resolved at injection from a {@link
 * io.etcdrobustness.faults.ClusterView}) and who does it (an {@link io.etcdrobustness.faults.Agent}
 * beside each member) are apart. Every fault carries a deadline where it lives and heals itself
 * when its holder is gone; every injection ends with a proof.
 */
@NullMarked
package io.etcdrobustness.faults;

import org.jspecify.annotations.NullMarked;
