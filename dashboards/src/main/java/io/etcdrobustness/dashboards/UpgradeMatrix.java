package io.etcdrobustness.dashboards;

/** Which releases, and which ways from one to the next, have been found to hold. */
final class UpgradeMatrix {

  private UpgradeMatrix() {}

  /** The worst verdict of what has the same release and scenario. */
  private static String worst(String by, String selection) {
    return """
    label_join(
      max by (%s, workload, profile) (
        %s
      ), "scenario", " / ", "workload", "profile"
    )\
    """
        .formatted(
            by,
            Expressions.VERDICT_OF_WHAT.replace(
                "run_info{$here}", "run_info{" + selection + ", $here}"));
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
                .shows(subject("max", Expressions.VERDICT_OF_WHAT), "{{subject}}")
                .meaning(Words.VERDICTS))
        .row(
            "Evidence",
            9,
            Panel.rows(
                    "Tests",
                    "How much stands behind each cell: runs that ended, and the share that passed, in"
                        + " the time shown.")
                .showsRows(Expressions.VERDICT_OF_WHAT)
                .showsRows(
                    "sum by (namespace, test) (increase(etcdrobust_runs_total{$here}[$__range]))")
                .showsRows(
                    """
                    sum by (namespace, test) (increase(etcdrobust_runs_total{verdict="Passed", $here}[$__range]))
                    / (sum by (namespace, test) (increase(etcdrobust_runs_total{$here}[$__range])) > 0)\
                    """)
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
                            .formatted(Expressions.INFO)),
                    "{{subject}}"),
            Panel.stacked("Members under test", "By the release that they run, of runs under way.")
                .shows(
                    "count by (version) (etcdrobust_member_version_info{$here})", "{{version}}"));
  }
}
