/** Tests of {@code operator.status}. */
@NullMarked
package io.etcdrobustness.operator.status;

import org.jspecify.annotations.NullMarked;
