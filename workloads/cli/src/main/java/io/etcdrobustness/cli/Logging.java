package io.etcdrobustness.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.logging.LogManager;

/** What libraries log, and where it goes; the command's own words are printed, not logged. */
public final class Logging {

  private Logging() {}

  /**
   * Sets the JDK's logging up, which all libraries of ours end in: one less library in the image,
   * and one that needs no part of the JDK which the image leaves out.
   */
  public static void configure() {
    try (InputStream settings = Logging.class.getResourceAsStream("logging.properties")) {
      if (settings == null) {
        throw new IllegalStateException("logging.properties is missing from the class path");
      }
      LogManager.getLogManager().readConfiguration(settings);
    } catch (IOException unreadable) {
      throw new IllegalStateException("logging.properties cannot be read", unreadable);
    }
  }
}
