/** What etcd's lock service promises, and no more than it promises. */
@NullMarked
package io.etcdrobustness.checker.locks;

import org.jspecify.annotations.NullMarked;
