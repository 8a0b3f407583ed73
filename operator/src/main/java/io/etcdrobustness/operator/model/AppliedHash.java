package io.etcdrobustness.operator.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A digest of what was applied, kept at the object: what has the desired one's is not applied
 * again, whatever the API server or others have added since, so that nothing is fought over.
 */
public final class AppliedHash {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private AppliedHash() {}

  /** Writes its digest into a desired object's annotations. */
  public static <T extends HasMetadata> T stamp(T desired) {
    Map<String, String> annotations = new LinkedHashMap<>();
    if (desired.getMetadata().getAnnotations() != null) {
      annotations.putAll(desired.getMetadata().getAnnotations());
    }
    annotations.remove(Labels.APPLIED_HASH);
    desired.getMetadata().setAnnotations(annotations);
    annotations.put(Labels.APPLIED_HASH, digest(desired));
    desired.getMetadata().setAnnotations(annotations);
    return desired;
  }

  /** Whether what is there is what is desired. */
  public static boolean isApplied(HasMetadata there, HasMetadata desired) {
    Map<String, String> annotations = there.getMetadata().getAnnotations();
    return annotations != null
        && annotations
            .getOrDefault(Labels.APPLIED_HASH, "")
            .equals(desired.getMetadata().getAnnotations().get(Labels.APPLIED_HASH));
  }

  /** A digest of anything that has a form in JSON. */
  public static String digest(Object any) {
    try {
      byte[] json = JSON.writeValueAsString(any).getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
      return HexFormat.of().formatHex(digest).substring(0, 32);
    } catch (JsonProcessingException | NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("cannot make a digest of " + any.getClass(), impossible);
    }
  }
}
