package io.etcdrobustness.checker.plain;

/**
 * What was seen in a history of plain operations that is in order.
 *
 * @param answers answered operations
 * @param last the highest revision that an answer told
 * @param untold how many revisions up to that one no answer owns
 * @param afterAnswers answered operations that were called when another one had been answered
 * @param afterWrites answered operations that were called when a write had been
 * @param elseBranches answered txns whose conditions did not hold
 * @param unanswered revisions made by writes without an answer, of which somebody was told
 * @param events events that the watch delivered
 * @param revisions revisions that it delivered
 */
public record PlainCounts(
    long answers,
    long last,
    int untold,
    long afterAnswers,
    long afterWrites,
    long elseBranches,
    long unanswered,
    long events,
    long revisions) {}
