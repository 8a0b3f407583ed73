package io.etcdrobustness.operator.reconcile;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a runner's Job and pod tell of the runner: a pure function of both and the time. */
sealed interface RunnerSigns {

  /** Nothing is wrong. */
  record Alive() implements RunnerSigns {}

  /** It has not begun; to be looked at again at {@code until}. */
  record NotYet(Instant until) implements RunnerSigns {}

  /** It did not begin in time. */
  record NeverBegan(String why) implements RunnerSigns {}

  /** It was told to end, and may still tell its verdict; to be looked at again by then. */
  record Ending(Instant until) implements RunnerSigns {}

  /** It has ended, or is not there. */
  record Gone(String why) implements RunnerSigns {}

  /**
   * How long a runner may take to begin.
   *
   * @param hopeless if its container waits for a reason that goes away only if someone does
   *     something
   */
  record Patience(Duration most, Duration hopeless) {
    static final Patience DEFAULT = new Patience(Duration.ofMinutes(5), Duration.ofMinutes(1));
  }

  /** How long after its end was due a runner may still be heard of. */
  Duration LAST_WORDS = Duration.ofSeconds(10);

  /** Reasons of a waiting container; see the kubelet's pkg/kubelet/images/types.go and others. */
  Set<String> HOPELESS =
      Set.of(
          "ImagePullBackOff",
          "ErrImagePull",
          "ErrImageNeverPull",
          "InvalidImageName",
          "ImageInspectError",
          "RegistryUnavailable",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  /** The signs. */
  static RunnerSigns of(Optional<Job> job, Collection<Pod> pods, Patience patience, Instant now) {
    if (job.isEmpty()) {
      return ending(pods, now).orElse(new Gone("the runner's Job is gone" + exits(pods)));
    }
    Optional<String> ended = condition(job.get(), "Failed", "Complete");
    if (ended.isPresent()) {
      return new Gone(ended.get() + exits(pods));
    }
    Optional<String> decided = condition(job.get(), "FailureTarget", "SuccessCriteriaMet");
    if (decided.isPresent()) {
      return ending(pods, now).orElse(new Gone(decided.get() + exits(pods)));
    }
    if (pods.stream().anyMatch(RunnerSigns::hasBegun)) {
      return new Alive();
    }
    Optional<ContainerStateWaiting> waiting = waiting(pods);
    boolean hopeless =
        waiting.map(ContainerStateWaiting::getReason).filter(HOPELESS::contains).isPresent();
    Instant since = instant(job.get().getMetadata().getCreationTimestamp()).orElse(now);
    Instant until = since.plus(hopeless ? patience.hopeless() : patience.most());
    return now.isBefore(until)
        ? new NotYet(until)
        : new NeverBegan(
            "the runner did not begin within %d s: %s"
                .formatted(
                    Duration.between(since, now).toSeconds(), why(pods, waiting, job.get())));
  }

  /**
   * Whether a runner that has begun is still there. On a node that is lost its pod stays for ever;
   * so not for longer than it was given to end.
   */
  private static Optional<RunnerSigns> ending(Collection<Pod> pods, Instant now) {
    return pods.stream()
        .filter(pod -> hasBegun(pod) && !hasEnded(pod))
        .map(pod ->
            instant(pod.getMetadata().getDeletionTimestamp())
                .map(end -> end.plus(LAST_WORDS))
                .orElse(now.plus(LAST_WORDS)))
        .filter(now::isBefore)
        .max(Comparator.naturalOrder())
        .map(Ending::new);
  }

  /** Whether nothing of it runs any more. */
  static boolean hasEnded(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  /** What the first of these conditions that is true means. */
  private static Optional<String> condition(Job job, String failed, String complete) {
    List<JobCondition> conditions =
        job.getStatus() == null ? List.of() : job.getStatus().getConditions();
    return conditions.stream()
        .filter(condition -> "True".equals(condition.getStatus()))
        .flatMap(condition ->
            condition.getType().equals(failed)
                ? Stream.of("the runner failed (%s)".formatted(orNothing(condition.getReason())))
                : condition.getType().equals(complete)
                    ? Stream.of("the runner ended without a verdict")
                    : Stream.<String>empty())
        .findFirst();
  }

  /** How its containers ended, if that is known. */
  private static String exits(Collection<Pod> pods) {
    return pods.stream()
        .flatMap(RunnerSigns::containers)
        .flatMap(container -> terminated(container).stream())
        .map(end ->
            ": exit code %d%s"
                .formatted(
                    end.getExitCode(), end.getReason() == null ? "" : ", " + end.getReason()))
        .findFirst()
        .orElse("");
  }

  private static boolean hasBegun(Pod pod) {
    return containers(pod)
        .anyMatch(container ->
            isOnceMore(container)
                || container.getState() != null
                    && (container.getState().getRunning() != null
                        || container.getState().getTerminated() != null));
  }

  /** Whether it has ended before, and is started again, as that of a continuous run is. */
  private static boolean isOnceMore(ContainerStatus container) {
    return container.getRestartCount() != null && container.getRestartCount() > 0;
  }

  private static String why(
      Collection<Pod> pods, Optional<ContainerStateWaiting> waiting, Job job) {
    if (waiting.isPresent()) {
      return waiting.get().getReason() + " " + orNothing(waiting.get().getMessage());
    }
    if (pods.isEmpty()) {
      return "no pod was made for it; kubectl -n %s describe job/%s tells why"
          .formatted(job.getMetadata().getNamespace(), job.getMetadata().getName());
    }
    return pods.stream()
        .filter(pod -> pod.getStatus() != null)
        .flatMap(pod -> pod.getStatus().getConditions().stream())
        .filter(condition -> "PodScheduled".equals(condition.getType()))
        .filter(condition -> "False".equals(condition.getStatus()))
        .map(PodCondition::getMessage)
        .map(RunnerSigns::orNothing)
        .findFirst()
        .orElse("its pod has not started");
  }

  private static Optional<ContainerStateWaiting> waiting(Collection<Pod> pods) {
    return pods.stream()
        .flatMap(RunnerSigns::containers)
        .filter(container -> container.getState() != null)
        .map(container -> container.getState().getWaiting())
        .filter(state -> state != null && state.getReason() != null)
        .findFirst();
  }

  private static Optional<ContainerStateTerminated> terminated(ContainerStatus container) {
    return container.getState() == null
        ? Optional.empty()
        : Optional.ofNullable(container.getState().getTerminated());
  }

  private static Stream<ContainerStatus> containers(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
        ? Stream.empty()
        : pod.getStatus().getContainerStatuses().stream();
  }

  private static Optional<Instant> instant(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException notOurs) {
      return Optional.empty();
    }
  }

  private static String orNothing(@Nullable String text) {
    return text == null ? "" : text;
  }
}
