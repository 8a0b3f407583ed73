package io.etcdrobustness.dashboards;

/** What the members tell of themselves, on the same time line as the faults. */
final class EtcdInternals {

  private EtcdInternals() {}

  private static final String OF = "{member=~\"$member\", $here}";

  static Dashboard dashboard() {
    Dashboard dashboard =
        new Dashboard(
                "etcd",
                "etcd robustness / etcd",
                "The members' own metrics, with the faults on their time line.",
                "now-1h")
            .chooseOne("namespace", "Namespace", "etcd_server_has_leader")
            .chooseOne("test", "Test", "etcd_server_has_leader")
            .offer("member", "Member", "etcd_server_has_leader");
    return Mark.faultsOn(dashboard, true)
        .row(
            "Raft",
            6,
            new int[] {12, 12},
            Panel.strips(
                    "Has a leader",
                    "A member without one serves no writes and no"
                        + " linearizable reads. A gap: it was not to be scraped.")
                .shows("max by (member) (etcd_server_has_leader" + OF + ")", "{{member}}")
                .meaning(Words.PRESENCE.and(0, "no leader", Shade.BAD)),
            Panel.strips(
                    "Is leader", "Two at once happen for as long as the old one does not know.")
                .shows("max by (member) (etcd_server_is_leader" + OF + ")", "{{member}}")
                .meaning(Words.PRESENCE.and(0, " ", Shade.ABSENT).and(1, "leader", Shade.NEUTRAL)))
        .more(
            8,
            each(
                "Proposals applied",
                "ops",
                "rate(etcd_server_proposals_applied_total%s[$__rate_interval])"),
            each("Proposals pending", "short", "etcd_server_proposals_pending%s"),
            each(
                "Proposals failed",
                "short",
                "increase(etcd_server_proposals_failed_total%s[$__rate_interval])"),
            each(
                "Committed, not applied",
                "short",
                "clamp_min(etcd_server_proposals_committed_total%1$s"
                    + " - etcd_server_proposals_applied_total%1$s, 0)"))
        .more(
            8,
            each(
                "Leader changes seen",
                "short",
                "increase(etcd_server_leader_changes_seen_total%s[$__rate_interval])"),
            each(
                "Heartbeats not sent",
                "short",
                "increase(etcd_server_heartbeat_send_failures_total%s[$__rate_interval])"),
            Panel.lines("Round trip to peers", "99 % were faster; etcd measures it twice a minute.")
                .in("s")
                .logarithmic()
                .shows(
                    "histogram_quantile(0.99, sum by (le, member)"
                        + " (rate(etcd_network_peer_round_trip_time_seconds_bucket%s[5m])))"
                            .formatted(OF),
                    "{{member}}"),
            each(
                "Sent to peers",
                "Bps",
                "sum by (member) (rate(etcd_network_peer_sent_bytes_total%s[$__rate_interval]))"))
        .row(
            "Disk",
            8,
            disk("WAL fsync", "etcd_disk_wal_fsync_duration_seconds"),
            disk("Backend commit", "etcd_disk_backend_commit_duration_seconds"),
            each(
                "Slow applies",
                "short",
                "increase(etcd_server_slow_apply_total%s[$__rate_interval])"),
            each(
                "Slow linearizable reads",
                "short",
                "increase(etcd_server_slow_read_indexes_total%s[$__rate_interval])"))
        .more(
            8,
            Panel.lines("Database", "On disk, and what of it is in use.")
                .in("bytes")
                .shows("etcd_mvcc_db_total_size_in_bytes" + OF, "{{member}} on disk")
                .shows("etcd_mvcc_db_total_size_in_use_in_bytes" + OF, "{{member}} in use"),
            Panel.lines("Share of the quota", "At 100 % etcd takes no more writes.")
                .in("percentunit")
                .shows(
                    "etcd_mvcc_db_total_size_in_bytes"
                        + OF
                        + " / etcd_server_quota_backend_bytes"
                        + OF,
                    "{{member}}"),
            each("Keys", "short", "etcd_debugging_mvcc_keys_total%s"),
            each("Revisions compacted to", "short", "etcd_debugging_mvcc_compact_revision%s"))
        .row(
            "Clients and processes",
            8,
            Panel.stacked(
                    "Answers by code", "What etcd counts; compare it with what clients count.")
                .in("reqps")
                .shows(
                    "sum by (grpc_code) (rate(grpc_server_handled_total"
                        + OF
                        + "[$__rate_interval]))",
                    "{{grpc_code}}")
                .paints("OK", Shade.GOOD),
            each("Watchers", "short", "etcd_debugging_mvcc_watcher_total%s"),
            each("Memory", "bytes", "process_resident_memory_bytes%s"),
            each("Processors", "short", "rate(process_cpu_seconds_total%s[$__rate_interval])"))
        .more(
            7,
            Panel.strips("Versions", "What each member says that it is.")
                .shows(
                    "max by (member, server_version) (etcd_server_version" + OF + ")",
                    "{{member}} {{server_version}}")
                .meaning(Words.VERSIONS),
            Panel.lines("Files open", "Of those that the process may open.")
                .in("percentunit")
                .shows("process_open_fds" + OF + " / process_max_fds" + OF, "{{member}}"));
  }

  private static Panel each(String title, String unit, String expression) {
    return Panel.lines(title, "Of each member.")
        .in(unit)
        .shows(expression.formatted(OF), "{{member}}");
  }

  private static Panel disk(String title, String histogram) {
    return Panel.lines(title, "99 % were faster. From 10 ms on the disk is slow for etcd.")
        .in("s")
        .logarithmic()
        .shows(
            Expressions.quantile(0.99, histogram, "member=~\"$member\", $here", "member"),
            "{{member}}");
  }
}
