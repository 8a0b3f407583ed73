package io.etcdrobustness.operator.reports;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The tokens with which runners upload: one per run, made of the master key, so that the service
 * knows them all without keeping any.
 */
public final class UploadTokens {

  private static final int SHORTEST_KEY = 16;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * The tokens of a master key.
   *
   * @throws IllegalArgumentException if the key is short enough to be guessed
   */
  public UploadTokens(byte[] masterKey) {
    if (masterKey.length < SHORTEST_KEY) {
      throw new IllegalArgumentException(
          "the master key has %d bytes; make one of at least %d"
              .formatted(masterKey.length, SHORTEST_KEY));
    }
    this.key = new SecretKeySpec(masterKey, ALGORITHM);
  }

  /** The token of the run with this uid: a later one of the same name has another. */
  public String of(String namespace, String run, String uid) {
    return hex(namespace + "/" + run + "/" + uid);
  }

  /** Whether {@code token} is that of the run; in a time that tells nothing about it. */
  boolean isRight(String token, ReportId id, String uid) {
    return equal(token, of(id.namespace(), id.run(), uid));
  }

  static boolean equal(String given, String right) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }

  private String hex(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
      throw new AssertionError("every JDK has " + ALGORITHM, impossible);
    }
  }
}
