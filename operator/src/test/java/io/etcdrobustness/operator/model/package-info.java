/** Tests of {@code operator.model}. */
@NullMarked
package io.etcdrobustness.operator.model;

import org.jspecify.annotations.NullMarked;
