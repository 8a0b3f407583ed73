/**
 * What clients ask for: the deciding half of the traffic.
 *
 * <p>A {@link io.etcdrobustness.traffic.profile.TrafficPlan} lists the streams that a workload
 * consists of. Each stream of requests has a {@link io.etcdrobustness.traffic.profile.Generator},
 * each stream of watches a {@link io.etcdrobustness.traffic.profile.WatchGenerator}; both are
 * functions of the stream's own {@link io.etcdrobustness.engine.RandomSource} and of what has been
 * {@linkplain io.etcdrobustness.traffic.profile.Observed observed} so far, and of nothing else. The
 * same seed and the same answers give the same requests.
 *
 * <p>Rules that all generators keep, because the checker relies on them: no value is put twice, and
 * a value tells within its first bytes which client put it ({@code c<client>-<seq>}).
 *
 * <p>What must not live here: sending, waiting, and any clock.
 */
@NullMarked
package io.etcdrobustness.traffic.profile;

import org.jspecify.annotations.NullMarked;
