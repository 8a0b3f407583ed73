package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.traffic.Endpoint;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Tells gRPC the addresses of a fixed set of members, one group of addresses each.
 *
 * <p>Names are looked up again whenever a connection was lost: a pod that comes back has another
 * address. gRPC's own resolver would keep the old one for 30 seconds; how long the JVM keeps it is
 * for {@code networkaddress.cache.ttl} to say.
 */
final class MemberResolver extends NameResolver {

  private static final String SCHEME = "etcd";

  private final List<Endpoint> endpoints;
  private final Executor lookups;
  private Listener2 listener = new Unheard();

  private MemberResolver(List<Endpoint> endpoints, Executor lookups) {
    this.endpoints = endpoints;
    this.lookups = lookups;
  }

  /** The target under which {@link #registry} resolves. */
  static String target() {
    return SCHEME + ":///members";
  }

  /** A registry that knows nothing but {@code endpoints}. */
  static NameResolverRegistry registry(List<Endpoint> endpoints, Executor lookups) {
    NameResolverRegistry registry = new NameResolverRegistry();
    registry.register(new Provider(endpoints, lookups));
    return registry;
  }

  @Override
  public String getServiceAuthority() {
    return authority(endpoints.getFirst());
  }

  @Override
  public void start(Listener2 listener) {
    this.listener = listener;
    refresh();
  }

  @Override
  public void refresh() {
    Listener2 told = listener;
    lookups.execute(() -> lookUp(told));
  }

  private void lookUp(Listener2 told) {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      try {
        groups.add(group(endpoint));
      } catch (UnknownHostException e) {
        unknown.add(endpoint.host());
      }
    }
    if (groups.isEmpty()) {
      told.onError(Status.UNAVAILABLE.withDescription("no address is known for " + unknown));
      return;
    }
    told.onResult(
        ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups)).build());
  }

  private static EquivalentAddressGroup group(Endpoint endpoint) throws UnknownHostException {
    List<SocketAddress> addresses =
        Arrays.stream(InetAddress.getAllByName(endpoint.host()))
            .<SocketAddress>map(address -> new InetSocketAddress(address, endpoint.port()))
            .toList();
    // The member's own name: its certificate is checked against it.
    return new EquivalentAddressGroup(
        addresses,
        Attributes.newBuilder()
            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority(endpoint))
            .build());
  }

  private static String authority(Endpoint endpoint) {
    return endpoint.host() + ":" + endpoint.port();
  }

  @Override
  public void shutdown() {
    listener = new Unheard();
  }

  /** Takes what comes before the start and after the end. */
  private static final class Unheard extends Listener2 {
    @Override
    public void onResult(ResolutionResult result) {}

    @Override
    public void onError(Status error) {}
  }

  private static final class Provider extends NameResolverProvider {
    private final List<Endpoint> endpoints;
    private final Executor lookups;

    Provider(List<Endpoint> endpoints, Executor lookups) {
      this.endpoints = endpoints;
      this.lookups = lookups;
    }

    @Override
    public NameResolver newNameResolver(java.net.URI target, NameResolver.Args args) {
      return new MemberResolver(endpoints, lookups);
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }
  }
}
