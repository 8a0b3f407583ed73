package io.etcdrobustness.faults.agent;

import java.security.Security;

/** The addresses of pods, which change with the pod while its name stays. */
public final class PodAddresses {

  private PodAddresses() {}

  /**
   * Lets this process ask for the address of a name each time. A JVM remembers one for 30 s, and
   * that there is none for 10 s: it would dial a pod that is no more. To be called before the first
   * name is looked up; later it has no effect.
   */
  public static void areNeverRemembered() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }
}
