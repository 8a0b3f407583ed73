package io.etcdrobustness.checker.snapshot;

import io.etcdrobustness.checker.Property;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fills new objects with what {@link SnapshotWriter} has written of their like, root after root in
 * the same order. When it throws, what it was to fill is good for nothing.
 */
public final class SnapshotReader {

  /** More than any state has of anything. */
  private static final int MOST = 1 << 27;

  private final DataInputStream in;
  private final Map<String, Property> properties = new HashMap<>();
  private final List<Object> numbered = new ArrayList<>();
  private final Set<Object> filled = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> strings = new ArrayList<>();
  private final List<Class<?>> types = new ArrayList<>();
  private final Map<Class<?>, Shape> shapes = new HashMap<>();
  private final Map<Class<?>, Constructor<?>> constructors = new HashMap<>();

  /**
   * From {@code in}, which is the caller's to close.
   *
   * @param properties those of the new pass
   */
  public SnapshotReader(InputStream in, List<Property> properties) {
    this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
    properties.forEach(property -> this.properties.put(property.name(), property));
  }

  /**
   * Fills {@code root} with the state of the root that was written in its place.
   *
   * @throws SnapshotException if that does not fit, or comes from another build
   * @throws IOException if it cannot be read
   */
  public void fill(Object root) throws IOException {
    if (read(root) != root) {
      throw new SnapshotException("holds something else than a " + root.getClass());
    }
  }

  /**
   * A root that needs nothing to fill, such as a record.
   *
   * @throws IOException as {@link #fill}
   */
  public <T> T read(Class<T> type) throws IOException {
    Object value = read((Object) null);
    if (!type.isInstance(value)) {
      throw new SnapshotException("holds something else than a " + type);
    }
    return type.cast(value);
  }

  private @Nullable Object read(@Nullable Object existing) throws IOException {
    try {
      return value(existing);
    } catch (IndexOutOfBoundsException | ClassCastException | IllegalArgumentException wrong) {
      throw new SnapshotException("is no snapshot: " + wrong.getMessage(), wrong);
    }
  }

  private @Nullable Object value(@Nullable Object existing) throws IOException {
    return switch (constant(Tag.values())) {
      case NULL -> null;
      case AGAIN -> numbered.get(in.readInt());
      case STAYS -> there(existing);
      case PROPERTY -> property(string(), existing);
      case STRING -> string();
      case LONG -> in.readLong();
      case INTEGER -> in.readInt();
      case BOOLEAN -> in.readBoolean();
      case ENUM -> enumConstant(type(), string());
      case RECORD -> record(type());
      case EMPTY -> Optional.empty();
      case PRESENT -> present(existing);
      case EMPTY_LONG -> OptionalLong.empty();
      case PRESENT_LONG -> OptionalLong.of(in.readLong());
      case COLLECTION -> collection(constant(Sort.values()), size(), existing);
      case MAP -> map(constant(Sort.values()), size(), existing);
      case ARRAY -> array();
      case OBJECT -> object(type(), existing);
    };
  }

  private <T> T constant(T[] all) throws IOException {
    return all[in.readUnsignedByte()];
  }

  private int size() throws IOException {
    int size = in.readInt();
    if (size < 0 || size > MOST) {
      throw new SnapshotException("is no snapshot: a size of " + size);
    }
    return size;
  }

  private static Object there(@Nullable Object existing) throws SnapshotException {
    if (existing == null) {
      throw new SnapshotException("lacks a function that the pass needs");
    }
    return existing;
  }

  private Property property(String name, @Nullable Object existing) throws SnapshotException {
    if (existing instanceof Property same && same.name().equals(name)) {
      return same;
    }
    Property property = properties.get(name);
    if (property == null) {
      throw new SnapshotException("is about " + name + ", which is not judged");
    }
    return property;
  }

  private static Object enumConstant(Class<?> type, String name) throws SnapshotException {
    @Nullable Object[] constants = type.getEnumConstants();
    if (constants != null) {
      for (Object constant : constants) {
        if (constant instanceof Enum<?> named && named.name().equals(name)) {
          return named;
        }
      }
    }
    throw new SnapshotException("there is no " + name + " in " + type);
  }

  /** What it holds is filled in its place, and it stays itself then. */
  private Object present(@Nullable Object existing) throws IOException {
    Object inside =
        existing instanceof Optional<?> optional && optional.isPresent() ? optional.get() : null;
    Object value = value(inside);
    if (value == null) {
      throw new SnapshotException("is no snapshot: nothing where something must be");
    }
    return existing != null && inside == value ? existing : Optional.of(value);
  }

  private Object record(Class<?> type) throws IOException {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new SnapshotException(type + " is no record");
    }
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      Class<?> component = components[i].getType();
      values[i] = component.isPrimitive() ? primitive(component) : value(null);
    }
    try {
      Constructor<?> constructor = constructors.get(type);
      if (constructor == null) {
        constructor =
            type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        constructors.put(type, constructor);
      }
      Object record = constructor.newInstance(values);
      numbered.add(record);
      return record;
    } catch (ReflectiveOperationException impossible) {
      throw new SnapshotException("cannot make a " + type, impossible);
    }
  }

  private Object collection(Sort sort, int size, @Nullable Object existing) throws IOException {
    Collection<@Nullable Object> filling = sort.collection(existing);
    if (!sort.immutable()) {
      numbered.add(filling);
    }
    for (int i = 0; i < size; i++) {
      filling.add(value(null));
    }
    if (!sort.immutable()) {
      return filling;
    }
    Object frozen = sort == Sort.IMMUTABLE_LIST ? List.copyOf(filling) : Set.copyOf(filling);
    numbered.add(frozen);
    return frozen;
  }

  private Object map(Sort sort, int size, @Nullable Object existing) throws IOException {
    Map<@Nullable Object, @Nullable Object> filling = sort.map(existing);
    if (!sort.immutable()) {
      numbered.add(filling);
    }
    for (int i = 0; i < size; i++) {
      Object key = value(null);
      filling.put(key, value(null));
    }
    if (!sort.immutable()) {
      return filling;
    }
    Object frozen = Map.copyOf(filling);
    numbered.add(frozen);
    return frozen;
  }

  private Object array() throws IOException {
    int dimensions = in.readUnsignedByte();
    Class<?> component = type();
    for (int i = 0; i < dimensions; i++) {
      component = component.arrayType();
    }
    Object array = Array.newInstance(component, size());
    numbered.add(array);
    switch (array) {
      case long[] all -> {
        for (int i = 0; i < all.length; i++) {
          all[i] = in.readLong();
        }
      }
      case @Nullable Object[] all -> {
        for (int i = 0; i < all.length; i++) {
          all[i] = value(null);
        }
      }
      case Object other -> {
        for (int i = 0; i < Array.getLength(other); i++) {
          Array.set(other, i, primitive(component));
        }
      }
    }
    return array;
  }

  private Object object(Class<?> type, @Nullable Object existing) throws IOException {
    Shape shape = shapes.get(type);
    if (shape == null) {
      shape = Shape.of(type);
      shapes.put(type, shape);
    }
    boolean there = existing != null && existing.getClass() == type && filled.add(existing);
    Object object = there && existing != null ? existing : shape.allocate();
    numbered.add(object);
    for (Field field : shape.fields()) {
      try {
        if (field.getType().isPrimitive()) {
          field.set(object, primitive(field.getType()));
        } else {
          Object before = field.get(object);
          Object value = value(before);
          if (value != before) {
            field.set(object, value);
          }
        }
      } catch (IllegalAccessException impossible) {
        throw new SnapshotException("cannot set " + field, impossible);
      } catch (SnapshotException wrong) {
        throw new SnapshotException(field + ": " + wrong.getMessage(), wrong);
      }
    }
    return object;
  }

  private Object primitive(Class<?> type) throws IOException {
    if (type == long.class) {
      return in.readLong();
    }
    if (type == int.class) {
      return in.readInt();
    }
    if (type == boolean.class) {
      return in.readBoolean();
    }
    if (type == byte.class) {
      return in.readByte();
    }
    throw new SnapshotException("fields of type " + type + " are not provided for");
  }

  private String string() throws IOException {
    int number = in.readInt();
    if (number != strings.size()) {
      return strings.get(number);
    }
    int length = size();
    String string;
    if (in.readBoolean()) {
      string = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    } else {
      StringBuilder wide = new StringBuilder();
      for (int i = 0; i < length; i++) {
        wide.append(in.readChar());
      }
      string = wide.toString();
    }
    if (string.length() != length) {
      throw new SnapshotException("is no snapshot: it ends in a text");
    }
    strings.add(string);
    return string;
  }

  private Class<?> type() throws IOException {
    int number = in.readInt();
    if (number != types.size()) {
      return types.get(number);
    }
    String name = string();
    int fingerprint = in.readInt();
    try {
      Class<?> type = primitiveType(name);
      if (type == null) {
        type = Class.forName(name, false, SnapshotReader.class.getClassLoader());
      }
      if (Shape.ours(type) && Shape.fingerprint(type) != fingerprint) {
        throw new SnapshotException("was written by another build of this program");
      }
      types.add(type);
      return type;
    } catch (ClassNotFoundException unknown) {
      throw new SnapshotException("was written by another build of this program", unknown);
    }
  }

  private static @Nullable Class<?> primitiveType(String name) {
    return switch (name) {
      case "long" -> long.class;
      case "int" -> int.class;
      case "boolean" -> boolean.class;
      case "byte" -> byte.class;
      default -> null;
    };
  }
}
