package io.etcdrobustness.checker.reads;

import java.util.Arrays;

/** The highest number that each member has told; there are few members. */
final class HighestOfMembers {

  private long[] members = new long[8];
  private long[] numbers = new long[8];
  private int size;

  /** The highest of {@code member}; 0 if it has told none. */
  long of(long member) {
    for (int i = 0; i < size; i++) {
      if (members[i] == member) {
        return numbers[i];
      }
    }
    return 0;
  }

  /** {@code member} has told {@code number}. */
  void raise(long member, long number) {
    int at = 0;
    while (at < size && members[at] != member) {
      at++;
    }
    if (at == size) {
      if (size == members.length) {
        members = Arrays.copyOf(members, 2 * size);
        numbers = Arrays.copyOf(numbers, 2 * size);
      }
      size++;
      members[at] = member;
      numbers[at] = number;
    } else {
      numbers[at] = Math.max(numbers[at], number);
    }
  }
}
