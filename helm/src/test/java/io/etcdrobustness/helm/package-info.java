/** The tests of the chart: rendered by helm itself, and read as Kubernetes would read it. */
@NullMarked
package io.etcdrobustness.helm;

import org.jspecify.annotations.NullMarked;
