package io.etcdrobustness.dashboards;

/** Colours, by what they say; Grafana's own palette, which suits its dark and its light theme. */
enum Shade {
  GOOD("green"),
  NEUTRAL("blue"),
  QUIET("#8e8e8e"),
  ABSENT("transparent"),
  DOUBTFUL("yellow"),
  TROUBLED("orange"),
  UNWELL("purple"),
  BAD("red");

  private final String grafana;

  Shade(String grafana) {
    this.grafana = grafana;
  }

  String grafana() {
    return grafana;
  }
}
