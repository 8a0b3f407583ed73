package io.etcdrobustness.runs.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Text that lies in the jar beside this class, and how a browser knows it again. */
public final class Resource {

  private Resource() {}

  /** The text of the file {@code name}. */
  public static String text(String name) {
    try (InputStream in = Resource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new IllegalStateException(name + " cannot be read from the jar", broken);
    }
  }

  /** The source of a Content-Security-Policy that lets this script or style pass, and no other. */
  static String source(String content) {
    return "'sha256-" + Base64.getEncoder().encodeToString(sha256(content)) + "'";
  }

  static byte[] sha256(String content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
