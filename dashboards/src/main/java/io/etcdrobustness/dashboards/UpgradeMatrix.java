package io.etcdrobustness.dashboards;

/** Which releases, and which ways from one to the next, have been found to hold. */
final class UpgradeMatrix {

  private UpgradeMatrix() {}

  /** Of suites: they have no label {@code test}. */
  private static final String SUITES = "namespace=~\"$namespace\", suite=~\"$suite\"";

  /** The verdict of each suite, as a number of {@link Words#VERDICTS}. */
  private static final String SUITE_VERDICT =
      """
      max by (namespace, suite) (
        etcdrobust_suite_verdict{verdict="Failed", %1$s} * 4
        or etcdrobust_suite_verdict{verdict="Error", %1$s} * 3
        or etcdrobust_suite_verdict{verdict="Inconclusive", %1$s} * 2
        or etcdrobust_suite_verdict{verdict="Passed", %1$s}
      )\
      """
          .formatted(SUITES);

  /** How many tests of each suite stand so. */
  private static String suiteTests(String states) {
    return "sum by (namespace, suite) (etcdrobust_suite_tests{state=~\"%s\", %s})"
        .formatted(states, SUITES);
  }

  /** What the tests of the suites that are chosen run. */
  private static final String INFO = Expressions.INFO.replace("$here", "suite=~\"$suite\", $here");

  /** The verdict of each test of the suites that are chosen, with what it runs. */
  private static String verdicts(String selection) {
    return Expressions.VERDICT_OF_WHAT.replace(
        "run_info{$here}", "run_info{" + selection + "suite=~\"$suite\", $here}");
  }

  /** The worst verdict of what has the same release and scenario. */
  private static String worst(String by, String selection) {
    return """
    label_join(
      max by (%s, workload, profile) (
        %s
      ), "scenario", " / ", "workload", "profile"
    )\
    """
        .formatted(by, verdicts(selection + ", "));
  }

  /** By what is tested: the upgrade, or where there is none the release. */
  private static String subject(String how, String of) {
    return """
    %s by (subject) (
      label_replace(
        label_replace(
          %s,
          "subject", "$1", "etcd_version", "(.*)"
        ),
        "subject", "$1", "upgrade", "(v.*)"
      )
    )\
    """
        .formatted(how, of);
  }

  static Dashboard dashboard() {
    Dashboard dashboard =
        new Dashboard(
                "matrix",
                "etcd robustness / Upgrade matrix",
                "The worst verdict of each release and each upgrade, by traffic and faults.",
                "now-7d")
            .choose("namespace", "Namespace", "etcdrobust_verdict")
            .offer("suite", "Suite", "etcdrobust_suite_verdict")
            .choose("test", "Test", "etcdrobust_verdict");
    return Mark.faultsOn(dashboard, false)
        .row(
            "Verdicts",
            8,
            Panel.rows("Releases", "Of tests without an upgrade. A row: traffic / faults.")
                .showsRows(worst("etcd_version", "upgrade=\"none\""))
                .matrix("scenario", "etcd_version", "Traffic / faults")
                .allCells(Words.VERDICTS),
            Panel.rows("Upgrades", "Of tests with an upgrade. A row: traffic / faults.")
                .showsRows(worst("upgrade", "upgrade!=\"none\""))
                .matrix("scenario", "upgrade", "Traffic / faults")
                .allCells(Words.VERDICTS))
        .more(
            8,
            Panel.strips("Releases and upgrades over time", "The worst verdict of each.")
                .shows(subject("max", verdicts("")), "{{subject}}")
                .meaning(Words.VERDICTS))
        .row(
            "Suites",
            8,
            Panel.rows(
                    "Suites",
                    "Their verdicts are the worst of their tests', which the panels above show, of one"
                        + " suite if that is chosen.")
                .showsRows(SUITE_VERDICT)
                .showsRows(suiteTests("Passed"))
                .showsRows(suiteTests("Failed|Inconclusive|Error"))
                .showsRows(suiteTests("UnderWay"))
                .showsRows(suiteTests("Waiting|NotRun"))
                .merged()
                .column("Value #A", "Verdict", Words.VERDICTS)
                .column("namespace", "Namespace")
                .column("suite", "Suite")
                .column("Value #B", "Passed", "none")
                .column("Value #C", "Not passed", "none")
                .column("Value #D", "Under way", "none")
                .column("Value #E", "Not begun", "none")
                .sortedBy("Verdict", true),
            Panel.stacked("Tests of suites", "Where they stand.")
                .shows("sum by (state) (etcdrobust_suite_tests{" + SUITES + "})", "{{state}}")
                .paints("Passed", Shade.GOOD)
                .paints("Inconclusive", Shade.DOUBTFUL)
                .paints("Error", Shade.UNWELL)
                .paints("Failed", Shade.BAD)
                .paints("UnderWay", Shade.NEUTRAL)
                .paints("Waiting", Shade.QUIET))
        .row(
            "Evidence",
            9,
            Panel.rows(
                    "Tests",
                    "How much stands behind each cell: runs that ended, and the share that passed, in"
                        + " the time shown.")
                .showsRows(verdicts(""))
                .showsRows(
                    """
                    sum by (namespace, test) (increase(etcdrobust_runs_total{$here}[$__range]))
                    and on (namespace, test) %s\
                    """
                        .formatted(INFO))
                .showsRows(
                    """
                    sum by (namespace, test) (increase(etcdrobust_runs_total{verdict="Passed", $here}[$__range]))
                    / (sum by (namespace, test) (increase(etcdrobust_runs_total{$here}[$__range])) > 0)
                    and on (namespace, test) %s\
                    """
                        .formatted(INFO))
                .merged()
                .column("Value #A", "Verdict", Words.VERDICTS)
                .column("etcd_version", "etcd")
                .column("upgrade", "Upgrade")
                .column("workload", "Traffic")
                .column("profile", "Faults")
                .column("Value #B", "Runs", "none")
                .column("Value #C", "Passed", "percentunit")
                .column("namespace", "Namespace")
                .column("test", "Test")
                .leads("Test", "The run", Fleet.TO_THE_RUN)
                .rounded(0)
                .sortedBy("Verdict", true))
        .more(
            8,
            Panel.bars("Runs by release", "Runs that ended, by what was tested.")
                .shows(
                    subject(
                        "sum",
                        """
                        sum by (namespace, test) (increase(etcdrobust_runs_total{$here}[$__interval]))
                        * on (namespace, test) group_left (etcd_version, upgrade) %s\
                        """
                            .formatted(INFO)),
                    "{{subject}}"),
            Panel.stacked("Members under test", "By the release that they run, of runs under way.")
                .shows(
                    "count by (version) (etcdrobust_member_version_info{$here})", "{{version}}"));
  }
}
