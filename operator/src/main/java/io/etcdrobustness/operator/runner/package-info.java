/**
 * The process that carries out one run in Kubernetes: the {@code kubernetes} substrate over pods
 * that the operator has made, and what the run tells the API server while it goes.
 *
 * <p>A runner decides everything about its run and nothing about any other: it reads its own
 * RobustnessRun, talks to the agents of that run's members, touches these members' pods and claims
 * only (its Role names them), and writes that run's status.
 *
 * <p>What must not live here: what the operator does before a run begins and after it has ended.
 */
@NullMarked
package io.etcdrobustness.operator.runner;

import org.jspecify.annotations.NullMarked;
