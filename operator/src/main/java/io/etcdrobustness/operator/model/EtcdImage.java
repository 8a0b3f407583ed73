package io.etcdrobustness.operator.model;

import io.etcdrobustness.spec.ClusterSpec;

/** The image that a member begins with. */
public final class EtcdImage {

  private EtcdImage() {}

  /** Of the member with this index. */
  static String of(ClusterSpec cluster, Installation installation, int member) {
    return cluster.image() != null
        ? cluster.image()
        : ofRelease(installation.etcdImageRepository(), cluster.versionOf(member));
  }

  /** Of a release, such as {@code v3.7.3}. */
  public static String ofRelease(String repository, String release) {
    return repository + ":" + release;
  }
}
