package io.etcdrobustness.cli;

import io.etcdrobustness.spec.WorkloadSpec.Profile;

/** What the clients of each profile do, for people. */
final class ProfileCatalogue {

  private ProfileCatalogue() {}

  static String meaning(Profile profile) {
    return switch (profile) {
      case Mixed -> "every request that etcd has, at random, with compactions and watches";
      case Kubernetes ->
          "what an apiserver does: optimistic txns, paginated lists, list and watch, its compactor";
      case Append -> "txns that append to lists and read them";
      case Lock -> "critical sections under etcd's locks, whose holders count";
      case Watch -> "writes in bursts under many watches that come and go";
    };
  }
}
