package io.etcdrobustness.operator.model;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a run's report is taken by: the report service can tell it without asking Kubernetes. */
public final class UploadToken {

  private static final String ALGORITHM = "HmacSHA256";

  private UploadToken() {}

  /**
   * The token of a run.
   *
   * @param master known to the operator alone
   */
  public static String of(String master, String namespace, String run, String uid) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(master.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      String message = namespace + "/" + run + "/" + uid;
      return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, impossible);
    }
  }
}
