/** Tests of the reports' keeping. */
@NullMarked
package io.etcdrobustness.operator.reports;

import org.jspecify.annotations.NullMarked;
