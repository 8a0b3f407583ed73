package io.etcdrobustness.spec;

import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** How YAML that a user wrote is read, whatever is made of it. */
public final class Yaml {

  // A test that fits into etcd is smaller; aliases of honest files are far below these.
  static final int MOST_CHARACTERS = 1 << 20;
  static final int MOST_ALIASES = 50;

  private Yaml() {}

  /**
   * What is in a file that {@link SpecReader} accepts, for those who send it on as it is.
   *
   * @return its fields by name; values are maps, lists, texts, numbers, truth values or null
   */
  @SuppressWarnings("unchecked") // The keys of a test are texts: its reader accepts no others.
  public static Map<String, Object> fields(String accepted) {
    for (Object document : new Load(settings(accepted)).loadAllFromString(accepted)) {
      if (document != null) {
        return (Map<String, Object>) document;
      }
    }
    throw new IllegalArgumentException("this file holds nothing; SpecReader accepts no such");
  }

  static LoadSettings settings(String yaml) {
    return LoadSettings.builder()
        .setUseMarks(true)
        .setMaxAliasesForCollections(MOST_ALIASES)
        .setCodePointLimit(4 * MOST_CHARACTERS)
        // snakeyaml-engine (2.10, 3.0.1) breaks where the two halves of a character lie on both
        // sides of the end of a full buffer: it has no room for the second.
        .setBufferSize(yaml.length() + 1)
        .build();
  }
}
