package io.etcdrobustness.checker.members;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Sieve;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** No member ends that nobody ended, and none logs a panic or a fatal error. */
public final class NoPanic implements Property {

  private static final Pattern CRASH =
      Pattern.compile("panic|fatal|sigsegv|segmentation violation|nil pointer|unexpected fault");

  /** Faults of a disk on which etcd rather ends than goes on. */
  private static final Set<String> DEADLY = Set.of("DiskFull", "FailingDisk");

  /** What etcd's last words tell then. */
  private static final Pattern OF_THE_DISK =
      Pattern.compile("input/output error|no space left on device");

  private final List<String> allowed;

  /**
   * @param allowed parts of details (an exit's, a log line's) that are no violation, such as the
   *     refusal of a member to start with a flag that a test gives it on purpose; letter case does
   *     not matter
   */
  public NoPanic(List<String> allowed) {
    this.allowed = allowed.stream().map(part -> part.toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public String name() {
    return "NoPanic";
  }

  @Override
  public Kind kind() {
    return Kind.NEVER;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "No member's process ends by itself, and no member logs a panic, a fatal error or a segmentation fault.",
        "A request or a fault of the network that takes a member down can take down all of them, one after the other.",
        "etcd's robustness and Antithesis suites watch for it; found this way: a crash on a slow read whose context ended (etcd #14891), two snapshots in a short time (#18055), a snapshot applied during a defragmentation (#20271).",
        "Every end of a process and every bad line of a log that the run did not bring about itself. Lines that a test allows are left out, and the last words of a member that ended by itself while its disk was full or failed, as etcd is meant to, or was killed while it was about to.",
        "Read the member's log from the panic's stack trace backwards, and the fault windows of the seconds before. Restart the member on a copy of its data: if it panics again, the data is broken.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(Sieve.ofFrame(this, passing));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    List<Violation> violations = new ArrayList<>();
    List<MemberEvent> events = evidence.history().memberEvents();
    Set<String> ended = endedByTheirDisks(evidence.history());
    long hits = budget.spend(events).peek(event -> judge(event, ended, violations)).count();
    String note = hits + " events of members looked at";
    return violations.isEmpty() && budget.exhausted()
        ? Finding.undecided(this, hits, "stopped by its budget after " + note)
        : Finding.of(this, hits, violations, note);
  }

  /**
   * Members that ended by themselves within a fault that was to bring it about, as whoever runs
   * them has said, or were killed then while they were about to, as they said. Their logs tell of
   * it without a time; a panic at another time is one end more, which nobody expected.
   */
  private static Set<String> endedByTheirDisks(History history) {
    Set<String> ended = new HashSet<>();
    for (FaultWindow fault : history.faults()) {
      if (DEADLY.contains(fault.kind()) && fault.result() != FaultWindow.Result.SKIPPED) {
        history.memberEvents().stream()
            .filter(event -> event.kind() == MemberEvent.Kind.EXITED && event.expected())
            .filter(event -> fault.members().contains(event.member()))
            .filter(event -> fault.start() <= event.time() && event.time() <= fault.end())
            .filter(
                event -> !event.detail().contains("signal 9") || saysSo(history, event.member()))
            .forEach(event -> ended.add(event.member()));
      }
    }
    return ended;
  }

  /** Whether a member said that it ends since its disk is full or fails. */
  private static boolean saysSo(History history, String member) {
    return history.memberEvents().stream()
        .filter(event -> event.kind() == MemberEvent.Kind.BAD_LOG_LINE)
        .filter(event -> event.member().equals(member))
        .map(event -> event.detail().toLowerCase(Locale.ROOT))
        .anyMatch(line -> CRASH.matcher(line).find() && OF_THE_DISK.matcher(line).find());
  }

  private void judge(MemberEvent event, Set<String> ended, List<Violation> violations) {
    String detail = event.detail().toLowerCase(Locale.ROOT);
    boolean crash =
        switch (event.kind()) {
          case EXITED -> true;
          case BAD_LOG_LINE -> CRASH.matcher(detail).find() && !ended.contains(event.member());
          case STARTED, READY, VERSION, REPLACED, PAUSED, RESUMED, LEADER, SNAPSHOT_RECEIVED ->
              false;
        };
    if (crash && !event.expected() && allowed.stream().noneMatch(detail::contains)) {
      violations.add(
          new Violation(
              name(),
              "%s %s at %s, which the run did not bring about: %s"
                  .formatted(
                      event.member(),
                      event.kind() == MemberEvent.Kind.EXITED ? "ended" : "logged a crash",
                      Seconds.of(event.time()),
                      event.detail()),
              event.time(),
              List.of(),
              List.of(),
              List.of(event.member()),
              0));
    }
  }
}
