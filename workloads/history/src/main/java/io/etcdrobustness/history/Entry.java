package io.etcdrobustness.history;

/** One line of a history. */
public sealed interface Entry permits Operation, Watch, FaultWindow, MemberEvent, Phase {}
