/**
 * Histories of Jepsen's tests of etcd (github.com/jepsen-io/etcd), read from {@code history.edn}.
 *
 * <p>In the order of reading: {@link io.etcdrobustness.history.jepsen.EdnReader} reads EDN; {@link
 * io.etcdrobustness.history.jepsen.JepsenFile} reads the file's operations and pairs them into
 * {@link io.etcdrobustness.history.jepsen.Call}s; {@link
 * io.etcdrobustness.history.jepsen.JepsenReader} finds out which workload they are of, and hands
 * them to its importer or refuses them.
 *
 * <p>Jepsen records few revisions, and the judges live on them. Where they come from is each
 * importer's matter, and why that is sound stands in {@code docs/decisions/0006-jepsen.md}.
 */
@NullMarked
package io.etcdrobustness.history.jepsen;

import org.jspecify.annotations.NullMarked;
