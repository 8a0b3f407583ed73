package io.etcdrobustness.faults.agent;

import io.etcdrobustness.history.MemberEvent;

/**
 * An event in a {@link MemberJournal}.
 *
 * @param number 1 for the first of the journal, without gaps
 * @param event with its time on the agent's clock
 */
record NumberedEvent(long number, MemberEvent event) {}
