/**
 * Properties of the members themselves: that they agree, live, stay who they are and serve again.
 */
@NullMarked
package io.etcdrobustness.checker.members;

import org.jspecify.annotations.NullMarked;
