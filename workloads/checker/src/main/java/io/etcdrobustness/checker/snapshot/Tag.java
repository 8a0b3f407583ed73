package io.etcdrobustness.checker.snapshot;

/** What follows in a snapshot. The order is the format's. */
enum Tag {
  NULL,
  /** Something that was written before, by its number. */
  AGAIN,
  /** What the new pass has in this place. */
  STAYS,
  PROPERTY,
  STRING,
  LONG,
  INTEGER,
  BOOLEAN,
  ENUM,
  RECORD,
  EMPTY,
  PRESENT,
  EMPTY_LONG,
  PRESENT_LONG,
  COLLECTION,
  MAP,
  ARRAY,
  OBJECT
}
