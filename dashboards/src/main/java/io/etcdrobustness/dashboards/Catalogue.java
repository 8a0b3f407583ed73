package io.etcdrobustness.dashboards;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All dashboards, and their files. */
final class Catalogue {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Catalogue() {}

  /** Every dashboard, in the order in which they are looked at. */
  static List<Dashboard> all() {
    return List.of(
        Fleet.dashboard(),
        SoakRun.dashboard(),
        EtcdInternals.dashboard(),
        UpgradeMatrix.dashboard(),
        OperatorItself.dashboard());
  }

  /** The text of each file, by its name. */
  static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    for (Dashboard dashboard : all()) {
      try {
        files.put(dashboard.name() + ".json", JSON.writeValueAsString(dashboard.json()) + "\n");
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return files;
  }
}
