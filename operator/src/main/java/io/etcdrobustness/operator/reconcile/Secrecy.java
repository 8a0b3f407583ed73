package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Authority;
import java.util.function.Supplier;

/**
 * Where what is secret comes from.
 *
 * @param authority a new one for each run
 * @param token a new one for each run
 * @param master of which upload tokens are made
 */
public record Secrecy(Supplier<Authority> authority, Supplier<String> token, String master) {}
