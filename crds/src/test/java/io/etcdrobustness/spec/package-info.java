/** Tests of the language a user writes. */
@NullMarked
package io.etcdrobustness.spec;

import org.jspecify.annotations.NullMarked;
