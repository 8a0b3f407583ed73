package io.etcdrobustness.cli;

import io.etcdrobustness.history.Describe;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.vm.Stop;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a run that was stopped under way was found. */
final class StopSummary {

  private static final int MOST = 20;

  private StopSummary() {}

  static void print(PrintWriter out, Stop stop, Report report, Path folder) {
    out.println();
    out.printf(
        Locale.ROOT,
        "stopped at %.6f s, after %d operations: there is no verdict, for nothing was judged%n%n",
        stop.at() / 1e9,
        report.history().operations().stream().filter(each -> !isOpen(each, stop)).count());
    out.print(Tables.members(stop));
    stop.members().stream()
        .filter(member -> !member.note().isEmpty())
        .forEach(member -> out.println("  " + member.name() + ": " + member.note()));
    out.println();
    out.println(agreement(stop));
    List<Operation> open =
        report.history().operations().stream().filter(each -> isOpen(each, stop)).toList();
    out.printf("%d operations were under way%n", open.size());
    open.stream()
        .limit(MOST)
        .forEach(operation ->
            out.printf(
                Locale.ROOT,
                "  operation %d of client %d, called at %.6f s: %s%n",
                operation.id(),
                operation.client(),
                operation.call() / 1e9,
                Describe.request(operation.request())));
    out.println();
    if (!report.history().faults().isEmpty()) {
      out.print(Tables.faults(report.history().faults()));
      out.println();
    }
    Path members = folder.resolve("members").toAbsolutePath().normalize();
    out.println("logs:    " + members.resolve("NAME").resolve("etcd.log"));
    out.println("data:    " + members.resolve("NAME").resolve("data"));
    out.println("report:  " + folder.resolve("index.html").toAbsolutePath().normalize());
    out.println("again:   " + report.command());
  }

  /** Whether it had not been answered. */
  private static boolean isOpen(Operation operation, Stop stop) {
    return operation.end() > stop.at();
  }

  private static String agreement(Stop stop) {
    List<Stop.Answer> answers =
        stop.members().stream()
            .flatMap(member -> member.answer().stream())
            .filter(answer -> answer.hash().isPresent())
            .toList();
    if (answers.size() < 2) {
      return "fewer than two members told the hash of what they hold";
    }
    long revision = answers.getFirst().hashRevision();
    return answers.stream().map(Stop.Answer::hash).distinct().count() == 1
        ? "the %d members that answered hold the same at revision %d"
            .formatted(answers.size(), revision)
        : "the members that answered do NOT hold the same at revision %d".formatted(revision);
  }

  /** A hash as etcd's own tools write it. */
  static String hash(Optional<Long> hash) {
    return hash.map(Long::toUnsignedString).orElse("-");
  }
}
