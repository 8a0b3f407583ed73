package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.model.Authority;
import io.etcdrobustness.operator.reports.UploadTokens;
import java.util.function.Supplier;

/**
 * Where what is secret comes from.
 *
 * @param authority a new one for each run
 * @param token a new one for each run
 * @param upload what the report service takes reports by
 */
public record Secrecy(Supplier<Authority> authority, Supplier<String> token, UploadTokens upload) {}
