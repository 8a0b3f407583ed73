/**
 * A change of version under traffic: {@link io.etcdrobustness.runs.upgrade.UpgradePlan} is what
 * will be done, a function of spec and seed; {@link io.etcdrobustness.runs.upgrade.UpgradeDriver}
 * does it, one {@link io.etcdrobustness.runs.upgrade.UpgradeStep} after the other.
 *
 * <p>How a member gets another etcd is the substrate's business, and does not live here.
 */
@NullMarked
package io.etcdrobustness.runs.upgrade;

import org.jspecify.annotations.NullMarked;
