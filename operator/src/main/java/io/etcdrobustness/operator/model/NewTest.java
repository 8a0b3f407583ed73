package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.spec.Combination;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The test that a suite makes of one of its combinations.
 *
 * <p>Its name comes of the suite's and of the combination alone, so that it is made once, however
 * often that is tried, and stays the same test when something else of the suite changes.
 */
public final class NewTest {

  private static final int LONGEST_NAME = 40;
  private static final int DIGEST_CHARACTERS = 8;
  private static final int SEED_DIGITS = 8;

  private NewTest() {}

  /**
   * Name of a suite's test of this combination: what people can read of both, and a digest, since
   * not all of it may fit into a name.
   */
  public static String name(String suite, Combination combination) {
    String words =
        (suite + "-" + combination.folder()).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    int room = LONGEST_NAME - DIGEST_CHARACTERS - 1;
    String readable = words.substring(0, Math.min(room, words.length())).replaceAll("-$", "");
    String digest =
        new BigInteger(AppliedHash.digest(List.of(suite, combination.inWords())), 16).toString(36);
    return readable + "-" + digest.substring(0, DIGEST_CHARACTERS);
  }

  /**
   * The seed of tests for which neither the matrix nor the template has one: the same for all, so
   * that they differ only in what the matrix says; another one after a restart, as of a test.
   */
  public static long seed(RobustnessSuite suite) {
    String drawn =
        AppliedHash.digest(
            Arrays.asList(suite.getMetadata().getUid(), annotation(suite, Labels.RESTART)));
    return Long.parseLong(drawn.substring(0, SEED_DIGITS), 16);
  }

  /** The test. */
  public static RobustnessTest of(RobustnessSuite suite, Combination combination) {
    String name = suite.getMetadata().getName();
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/name", "etcd-robustness");
    labels.put(Labels.MANAGED_BY, Labels.OPERATOR);
    labels.put(Labels.SUITE, name);
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(Labels.COMBINATION, combination.inWords());
    String restart = annotation(suite, Labels.RESTART);
    if (restart != null) {
      annotations.put(Labels.RESTART, restart);
    }
    RobustnessTest test = new RobustnessTest();
    test.setMetadata(
        new ObjectMetaBuilder()
            .withName(name(name, combination))
            .withNamespace(suite.getMetadata().getNamespace())
            .withLabels(labels)
            .withAnnotations(annotations)
            .withOwnerReferences(Owned.bySuite(suite.getMetadata()))
            .build());
    TestSpec spec = combination.spec();
    test.setSpec(spec.seed() == null ? spec.withSeed(seed(suite)) : spec);
    return AppliedHash.stamp(test);
  }

  private static @Nullable String annotation(RobustnessSuite suite, String name) {
    Map<String, String> annotations = suite.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(name);
  }
}
