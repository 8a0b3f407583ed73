package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Explainer;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.Describe;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.spec.TestSpec;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness explain REPORT|PROPERTY}: a violation, or a property, in words. */
@Command(
    name = "explain",
    description = "Explains a property, or every violation of a report, in words.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

  @Parameters(paramLabel = "REPORT|PROPERTY", description = "A folder, or a property's name.")
  private String what = "";

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  ExplainCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Optional<Property> property = Catalogue.of(Catalogue.Options.DEFAULT).find(what);
    if (property.isPresent()) {
      out.println(Explainer.explain(property.get()));
    } else if (Files.isDirectory(Path.of(what))) {
      explain(Path.of(what), out);
    } else {
      throw new UsageException(
          "robustness: "
              + what
              + " is neither a folder nor a property; `robustness properties` lists them");
    }
    out.flush();
    return 0;
  }

  private static void explain(Path directory, PrintWriter out) {
    StoredHistory stored = StoredHistory.read(directory, HistoryFormat.AUTO);
    TestSpec test = stored.spec();
    Judging judging = Judging.of(test);
    boolean any = false;
    for (Finding finding :
        judging
            .judge(stored.parts(), Judging.Proofs.NONE, new QuietListener())
            .assessment()
            .findings()) {
      for (Violation violation : finding.violations()) {
        any = true;
        out.println(finding.property() + ": " + violation.summary());
        Set<Long> ids = new HashSet<>(violation.operations());
        stored.parts().stream()
            .flatMap(part -> part.operations().stream())
            .filter(operation -> ids.contains(operation.id()))
            .forEach(operation ->
                out.printf(
                    "    operation %d, %s%n", operation.id(), Describe.operation(operation)));
        if (!violation.looksLike().isEmpty()) {
          out.println("    looks like " + String.join(", ", violation.looksLike()));
        }
      }
      if (!finding.violations().isEmpty()) {
        Catalogue.of(Catalogue.Options.DEFAULT)
            .find(finding.property())
            .ifPresent(property -> out.println("\n" + Explainer.explain(property)));
      }
    }
    if (!any) {
      out.println("Nothing is violated in " + directory + ".");
    }
  }
}
