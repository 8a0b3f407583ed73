package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.Refusal;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Consent as it stands in the cluster: namespaces opt in by a label, and a ConfigMap halts
 * everything at once. Both are watched.
 */
public final class ClusterConsent implements Consent {

  /** The ConfigMap in the operator's namespace whose key {@code halt} halts everything. */
  public static final String SWITCH = "etcd-robustness-switch";

  private final List<Consumer<Optional<String>>> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> listed;
  private final SharedIndexInformer<ConfigMap> halt;
  private final Optional<SharedIndexInformer<Namespace>> namespaces;
  private final String switchNamespace;

  /**
   * Begins to watch; returns when it knows.
   *
   * @param namespace the operator's own
   * @param listed namespaces that count as opted in; empty: each must carry the label
   */
  public ClusterConsent(KubernetesClient client, String namespace, Set<String> listed) {
    this.listed = Set.copyOf(listed);
    this.switchNamespace = namespace;
    this.halt =
        client
            .configMaps()
            .inNamespace(namespace)
            .withName(SWITCH)
            .inform(
                new Handler<ConfigMap>(
                    (before, after) -> isOn(before) != isOn(after), _ -> Optional.empty()));
    // Where namespaces are listed, the operator has no right to look at any.
    this.namespaces =
        listed.isEmpty()
            ? Optional.of(
                client
                    .namespaces()
                    .inform(
                        new Handler<Namespace>(
                            (before, after) -> isEnabled(before) != isEnabled(after),
                            changed -> Optional.of(changed.getMetadata().getName()))))
            : Optional.empty();
  }

  @Override
  public Optional<Refusal> refusal(String namespace) {
    if (halted()) {
      return Optional.of(
          new Refusal(
              Refusal.HALTED,
              "all runs are halted; to go on: kubectl -n %s patch configmap %s --type merge -p '{\"data\":{\"halt\":\"false\"}}'"
                  .formatted(switchNamespace, SWITCH),
              false));
    }
    boolean enabled =
        listed.contains(namespace)
            || namespaces
                .map(informer -> informer.getIndexer().getByKey(namespace))
                .filter(ClusterConsent::isEnabled)
                .isPresent();
    return enabled
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Refusal.NAMESPACE_NOT_ENABLED,
                "the namespace has not opted in to tests; type: kubectl label namespace %s %s=true"
                    .formatted(namespace, Labels.ENABLED),
                true));
  }

  @Override
  public boolean halted() {
    return halt.getIndexer().list().stream().anyMatch(ClusterConsent::isOn);
  }

  @Override
  public void whenChanged(Consumer<Optional<String>> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    halt.close();
    namespaces.ifPresent(SharedIndexInformer::close);
  }

  private static boolean isOn(ConfigMap map) {
    return map.getData() != null && "true".equals(map.getData().get("halt"));
  }

  private static boolean isEnabled(Namespace namespace) {
    Map<String, String> labels = namespace.getMetadata().getLabels();
    return labels != null && "true".equals(labels.get(Labels.ENABLED));
  }

  private interface Differs<T> {
    boolean test(T before, T after);
  }

  private final class Handler<T extends HasMetadata> implements ResourceEventHandler<T> {
    private final Differs<T> differs;
    private final Function<T, Optional<String>> concerned;

    Handler(Differs<T> differs, Function<T, Optional<String>> concerned) {
      this.differs = differs;
      this.concerned = concerned;
    }

    @Override
    public void onAdd(T added) {
      tell(added);
    }

    @Override
    public void onUpdate(T before, T after) {
      if (differs.test(before, after)) {
        tell(after);
      }
    }

    @Override
    public void onDelete(T deleted, boolean unknown) {
      tell(deleted);
    }

    private void tell(T changed) {
      Optional<String> who = concerned.apply(changed);
      listeners.forEach(listener -> listener.accept(who));
    }
  }
}
