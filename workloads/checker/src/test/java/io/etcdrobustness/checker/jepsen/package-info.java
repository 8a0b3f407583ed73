/** Jepsen's histories, imported and judged, against the definition of what their tests promise. */
@NullMarked
package io.etcdrobustness.checker.jepsen;

import org.jspecify.annotations.NullMarked;
