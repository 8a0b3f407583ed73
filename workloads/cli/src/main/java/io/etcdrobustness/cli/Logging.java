package io.etcdrobustness.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.logging.LogManager;

/** What libraries log, and where it goes; the command's own words are printed, not logged. */
public final class Logging {

  private static final String CLASS = "java.util.logging.config.class";

  /** Reads the settings; the JDK makes one when something is logged for the first time. */
  public Logging() {
    try (InputStream settings = Logging.class.getResourceAsStream("logging.properties")) {
      if (settings == null) {
        throw new IllegalStateException("logging.properties is missing from the class path");
      }
      LogManager.getLogManager().readConfiguration(settings);
    } catch (IOException unreadable) {
      throw new IllegalStateException("logging.properties cannot be read", unreadable);
    }
  }

  /**
   * Has the JDK's logging, which all libraries of ours end in, set up when it is first used: one
   * less library in the image, and one that needs no part of the JDK which the image leaves out.
   * Most commands never log, and would pay a tenth of their start for it.
   */
  public static void configure() {
    System.setProperty(CLASS, Logging.class.getName());
  }
}
