/**
 * Tests of the operator on a real cluster: API server, scheduler, controllers, kubelet, container
 * runtime, network and DNS, the image as it is shipped, installed by Helm. Each class is one story
 * that a user may live through, in a namespace of its own.
 *
 * <p>The cluster is the one of {@code hack/cluster} (which needs root), or the one that {@code
 * E2E_KUBECONFIG} names, into which the images of {@link RealCluster#IMAGES} have been loaded.
 */
@NullMarked
package io.etcdrobustness.e2e;

import org.jspecify.annotations.NullMarked;
