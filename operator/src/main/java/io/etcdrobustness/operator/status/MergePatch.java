package io.etcdrobustness.operator.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The JSON merge patch (RFC 7396) that makes one status of another: only what changed, whole fields
 * of the first level, and null for what is gone. Nothing is written when nothing changed.
 */
public final class MergePatch {

  private static final ObjectMapper JSON = new ObjectMapper();

  private MergePatch() {}

  /**
   * The patch.
   *
   * @param resourceVersion the object's; the API server refuses the patch if it is another by now
   * @return empty if both say the same
   */
  public static Optional<String> ofStatus(
      @Nullable Object before, Object after, @Nullable String resourceVersion) {
    ObjectNode changes = changes(before, after);
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode patch = JSON.createObjectNode();
    if (resourceVersion != null) {
      patch.putObject("metadata").put("resourceVersion", resourceVersion);
    }
    patch.set("status", changes);
    return Optional.of(patch.toString());
  }

  private static ObjectNode changes(@Nullable Object before, Object after) {
    ObjectNode old =
        before == null ? JSON.createObjectNode() : JSON.convertValue(before, ObjectNode.class);
    ObjectNode wanted = JSON.convertValue(after, ObjectNode.class);
    ObjectNode changes = JSON.createObjectNode();
    wanted
        .properties()
        .forEach(field -> {
          boolean sameEmpty =
              !old.has(field.getKey()) && field.getValue().isEmpty() && field.getValue().isArray();
          if (!sameEmpty && !field.getValue().equals(old.get(field.getKey()))) {
            changes.set(field.getKey(), field.getValue());
          }
        });
    old.fieldNames()
        .forEachRemaining(name -> {
          if (!wanted.has(name)) {
            changes.putNull(name);
          }
        });
    return changes;
  }

  /**
   * A merge patch of a node.
   *
   * @param owner the annotation's value; null takes it away
   * @param resourceVersion the API server refuses the patch if it is another by now
   */
  public static String ofCordon(
      String annotation, @Nullable String owner, boolean cordoned, String resourceVersion) {
    ObjectNode patch = JSON.createObjectNode();
    ObjectNode metadata = patch.putObject("metadata").put("resourceVersion", resourceVersion);
    metadata.putObject("annotations").put(annotation, owner);
    ObjectNode spec = patch.putObject("spec");
    if (cordoned) {
      spec.put("unschedulable", true);
    } else {
      spec.putNull("unschedulable");
    }
    return patch.toString();
  }

  /** A merge patch of annotations; null takes one away. */
  public static String ofAnnotations(Map<String, @Nullable String> annotations) {
    ObjectNode patch = JSON.createObjectNode();
    ObjectNode fields = patch.putObject("metadata").putObject("annotations");
    annotations.forEach(fields::put);
    return patch.toString();
  }
}
