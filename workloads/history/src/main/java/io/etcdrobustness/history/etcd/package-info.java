/**
 * Reports of etcd's own robustness suite ({@code tests/robustness} in the etcd repository), read
 * into a history. Only the clients' files are read; members' WALs are not needed.
 */
@NullMarked
package io.etcdrobustness.history.etcd;

import org.jspecify.annotations.NullMarked;
