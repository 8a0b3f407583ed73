package io.etcdrobustness.history.segment;

import java.util.List;

/**
 * A place between two blocks of a record, which tells the record from any other: checksums go on
 * from block to block.
 *
 * @param segment its number, from 1
 * @param previous the last checksum of the segment before
 * @param begun whether the segment's header has been read
 * @param block where the last block before the place begins; where the place is if there is none
 * @param at the first byte behind it
 * @param checksum of that block's header; of the segment's if there is none
 * @param passed bytes of the segments before
 * @param latest the latest time that was read
 * @param notes what was noted of the record so far
 */
public record SegmentPosition(
    int segment,
    int previous,
    boolean begun,
    long block,
    long at,
    int checksum,
    long passed,
    long latest,
    List<String> notes) {

  public SegmentPosition {
    notes = List.copyOf(notes);
  }
}
