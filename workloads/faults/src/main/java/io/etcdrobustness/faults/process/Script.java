package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The shell scripts around a member; each tells its job in its first lines. */
enum Script {
  GUARD("guard.sh"),
  MEMBER("member.sh"),
  SUPERVISE("supervise.sh");

  private final String file;
  private final String text;

  Script(String file) {
    this.file = file;
    try (InputStream script = Script.class.getResourceAsStream(file)) {
      if (script == null) {
        throw new IllegalStateException(file + " is missing from the class path");
      }
      this.text = new String(script.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException failure) {
      throw new IllegalStateException(file + " cannot be read", failure);
    }
  }

  /** Its name as a file. */
  String file() {
    return file;
  }

  /** What it says. */
  String text() {
    return text;
  }
}
