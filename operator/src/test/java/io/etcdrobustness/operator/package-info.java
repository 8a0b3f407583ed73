/** Tests of the operator as a whole. */
@NullMarked
package io.etcdrobustness.operator;

import org.jspecify.annotations.NullMarked;
