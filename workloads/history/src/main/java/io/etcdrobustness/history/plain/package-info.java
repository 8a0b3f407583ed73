/**
 * Plain operations as numbers: what nearly all traffic consists of (get, range, put, delete, and
 * txns of those on conditions of revisions), without an object for any of it. A judge goes through
 * a million of them in a fraction of the time that it takes to make their {@link
 * io.etcdrobustness.history.Operation}s.
 *
 * <p>A {@link io.etcdrobustness.history.plain.PlainSource} fills a {@link
 * io.etcdrobustness.history.plain.PlainTape} with operations and a {@link
 * io.etcdrobustness.history.plain.PlainLog} with what a watch of everything delivered. What has
 * anything else in it, be it an error, is {@linkplain
 * io.etcdrobustness.history.plain.PlainSource.Fill#NOT_PLAIN not plain}, and is read in the general
 * way. Keys are numbered ({@link io.etcdrobustness.history.plain.PlainKeys}), values are {@link
 * io.etcdrobustness.history.plain.Token}s.
 */
@NullMarked
package io.etcdrobustness.history.plain;

import org.jspecify.annotations.NullMarked;
