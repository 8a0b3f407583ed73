/** Tests of the objects that Kubernetes keeps for us. */
@NullMarked
package io.etcdrobustness.resource;

import org.jspecify.annotations.NullMarked;
