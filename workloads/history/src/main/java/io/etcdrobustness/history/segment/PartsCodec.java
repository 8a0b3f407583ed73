package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.KeyValue;

/** The parts that records of several families share, where they are said for the first time. */
final class PartsCodec {

  private PartsCodec() {}

  static void write(BlockOut out, KeyValue kv) {
    out.string(kv.key());
    out.string(kv.value());
    out.revision(kv.modRevision());
    out.revision(kv.modRevision(), kv.createRevision());
    out.number(kv.version());
    out.number(kv.lease());
  }

  static KeyValue readKeyValue(BlockIn in) {
    String key = in.string();
    String value = in.string();
    long modRevision = in.revision();
    long createRevision = in.revision(modRevision);
    return new KeyValue(key, value, createRevision, modRevision, in.number(), in.number());
  }

  static void write(BlockOut out, Failure failure) {
    out.constant(failure.kind());
    out.string(failure.code());
    out.string(failure.message());
  }

  static Failure readFailure(BlockIn in) {
    return new Failure(in.constant(Failure.Kind.class), in.string(), in.string());
  }
}
