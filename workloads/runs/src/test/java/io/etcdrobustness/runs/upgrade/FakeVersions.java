package io.etcdrobustness.runs.upgrade;

import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.EtcdVersions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Members that serve unless they are down, of a cluster that is of the version that a test says.
 */
public final class FakeVersions implements EtcdVersions {

  final Set<String> down = new HashSet<>();
  final List<String> asked = new ArrayList<>();
  String clusterLine = "v3.6";
  String dataLine = "v3.6";

  @Override
  public CompletionStage<Void> serves(String member) {
    return answer(!down.contains(member), member + " is down");
  }

  @Override
  public CompletionStage<Void> allowDowngrade(String member, Release to) {
    asked.add("allow " + to.line());
    return answer(asked.size() > 1, "too early");
  }

  @Override
  public CompletionStage<Void> keepsDataFor(String member, Release release) {
    return answer(dataLine.equals(release.line()), member + ": its data is of " + dataLine);
  }

  @Override
  public CompletionStage<Void> hasSettledOn(String member, Release release) {
    return answer(clusterLine.equals(release.line()), member + ": it is of " + clusterLine);
  }

  @Override
  public void close() {}

  private static CompletionStage<Void> answer(boolean yes, String no) {
    return yes
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(new IllegalStateException(no));
  }
}
