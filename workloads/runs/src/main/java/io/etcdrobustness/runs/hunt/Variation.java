package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.runs.vm.Schedule;
import io.etcdrobustness.spec.TestSpec;

/**
 * All that decides about one run in a machine of given parts.
 *
 * @param spec with its faults as exact steps
 * @param seed of traffic, targets and the machine's randomness
 * @param schedule of the machine's threads
 */
public record Variation(TestSpec spec, long seed, Schedule schedule) {}
