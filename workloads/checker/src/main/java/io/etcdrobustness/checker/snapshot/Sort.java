package io.etcdrobustness.checker.snapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The collections that states are made of. The order is the format's. */
enum Sort {
  ARRAY_LIST,
  IMMUTABLE_LIST,
  ARRAY_DEQUE,
  PRIORITY_QUEUE,
  HASH_SET,
  LINKED_HASH_SET,
  TREE_SET,
  IMMUTABLE_SET,
  HASH_MAP,
  LINKED_HASH_MAP,
  TREE_MAP,
  IMMUTABLE_MAP;

  private static final Map<Class<?>, Sort> MUTABLE =
      Map.of(
          ArrayList.class, ARRAY_LIST,
          ArrayDeque.class, ARRAY_DEQUE,
          PriorityQueue.class, PRIORITY_QUEUE,
          HashSet.class, HASH_SET,
          LinkedHashSet.class, LINKED_HASH_SET,
          TreeSet.class, TREE_SET,
          HashMap.class, HASH_MAP,
          LinkedHashMap.class, LINKED_HASH_MAP,
          TreeMap.class, TREE_MAP);

  /** The sort of {@code value}; empty: it is no collection, or none that can be made again. */
  static Optional<Sort> of(Object value) {
    Sort mutable = MUTABLE.get(value.getClass());
    if (mutable != null) {
      boolean ordered =
          switch (value) {
            case SortedSet<?> set -> set.comparator() == null;
            case SortedMap<?, ?> map -> map.comparator() == null;
            case Object other -> true;
          };
      return ordered ? Optional.of(mutable) : Optional.empty();
    }
    if (!value.getClass().getName().startsWith("java.util.ImmutableCollections$")) {
      return Optional.empty();
    }
    return switch (value) {
      case List<?> list -> Optional.of(IMMUTABLE_LIST);
      case Set<?> set -> Optional.of(IMMUTABLE_SET);
      case Map<?, ?> map -> Optional.of(IMMUTABLE_MAP);
      case Object other -> Optional.empty();
    };
  }

  boolean immutable() {
    return this == IMMUTABLE_LIST || this == IMMUTABLE_SET || this == IMMUTABLE_MAP;
  }

  /** One to fill: {@code existing}, emptied, if it is of this sort; its order stays. */
  Collection<@Nullable Object> collection(@Nullable Object existing) throws SnapshotException {
    Collection<@Nullable Object> filled =
        existing != null && of(existing).equals(Optional.of(this)) && !immutable()
            ? cast(existing)
            : fresh();
    filled.clear();
    return filled;
  }

  private Collection<@Nullable Object> fresh() throws SnapshotException {
    return switch (this) {
      case ARRAY_LIST, IMMUTABLE_LIST -> new ArrayList<>();
      case ARRAY_DEQUE -> new ArrayDeque<>();
      case HASH_SET, IMMUTABLE_SET -> new HashSet<>();
      case LINKED_HASH_SET -> new LinkedHashSet<>();
      case TREE_SET -> new TreeSet<>();
      case PRIORITY_QUEUE -> throw new SnapshotException("a queue has lost its order");
      case HASH_MAP, LINKED_HASH_MAP, TREE_MAP, IMMUTABLE_MAP ->
          throw new SnapshotException("a map stands where a collection must");
    };
  }

  /** The same of maps. */
  Map<@Nullable Object, @Nullable Object> map(@Nullable Object existing) throws SnapshotException {
    Map<@Nullable Object, @Nullable Object> filled =
        existing != null && of(existing).equals(Optional.of(this)) && !immutable()
            ? castMap(existing)
            : switch (this) {
              case HASH_MAP, IMMUTABLE_MAP -> new HashMap<>();
              case LINKED_HASH_MAP -> new LinkedHashMap<>();
              case TREE_MAP -> new TreeMap<>();
              case ARRAY_LIST,
                  IMMUTABLE_LIST,
                  ARRAY_DEQUE,
                  PRIORITY_QUEUE,
                  HASH_SET,
                  LINKED_HASH_SET,
                  TREE_SET,
                  IMMUTABLE_SET ->
                  throw new SnapshotException("a collection stands where a map must");
            };
    filled.clear();
    return filled;
  }

  @SuppressWarnings("unchecked") // What is put into it is what was taken out of its like.
  private static Collection<@Nullable Object> cast(Object existing) {
    return (Collection<@Nullable Object>) existing;
  }

  @SuppressWarnings("unchecked") // As above.
  private static Map<@Nullable Object, @Nullable Object> castMap(Object existing) {
    return (Map<@Nullable Object, @Nullable Object>) existing;
  }
}
