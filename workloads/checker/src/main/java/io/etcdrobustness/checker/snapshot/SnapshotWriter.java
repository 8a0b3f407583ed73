package io.etcdrobustness.checker.snapshot;

import io.etcdrobustness.checker.Property;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Writes the state of objects, one root after the other; what they share is written once. */
public final class SnapshotWriter {

  private final DataOutputStream out;
  private final IdentityHashMap<Object, Integer> numbers = new IdentityHashMap<>(1 << 16);
  private final Map<String, Integer> strings = new HashMap<>();
  private final Map<Class<?>, Integer> types = new HashMap<>();
  private final Map<Class<?>, Shape> shapes = new HashMap<>();
  private final Map<Class<?>, RecordComponent[]> components = new HashMap<>();

  /** To {@code out}, which is the caller's to buffer and to close. */
  public SnapshotWriter(OutputStream out) {
    this.out = new DataOutputStream(out);
  }

  /**
   * Writes {@code root}.
   *
   * @throws SnapshotException if there is something in it whose state is not known
   * @throws IOException if it cannot be written
   */
  public void write(Object root) throws IOException {
    value(root);
    out.flush();
  }

  private void value(@Nullable Object value) throws IOException {
    if (value == null) {
      tag(Tag.NULL);
      return;
    }
    Integer known = numbers.get(value);
    if (known != null) {
      tag(Tag.AGAIN);
      out.writeInt(known);
      return;
    }
    switch (value) {
      case Property property -> {
        tag(Tag.PROPERTY);
        string(property.name());
      }
      case String string -> {
        tag(Tag.STRING);
        string(string);
      }
      case Long number -> {
        tag(Tag.LONG);
        out.writeLong(number);
      }
      case Integer number -> {
        tag(Tag.INTEGER);
        out.writeInt(number);
      }
      case Boolean truth -> {
        tag(Tag.BOOLEAN);
        out.writeBoolean(truth);
      }
      case Enum<?> constant -> {
        tag(Tag.ENUM);
        type(constant.getDeclaringClass());
        string(constant.name());
      }
      case Record record -> record(record);
      case Optional<?> optional -> {
        tag(optional.isPresent() ? Tag.PRESENT : Tag.EMPTY);
        if (optional.isPresent()) {
          value(optional.get());
        }
      }
      case OptionalLong optional -> {
        tag(optional.isPresent() ? Tag.PRESENT_LONG : Tag.EMPTY_LONG);
        if (optional.isPresent()) {
          out.writeLong(optional.getAsLong());
        }
      }
      case Collection<?> collection when Sort.of(collection).isPresent() ->
          collection(collection, Sort.of(collection).get());
      case Map<?, ?> map when Sort.of(map).isPresent() -> map(map, Sort.of(map).get());
      case Object array when array.getClass().isArray() -> array(array);
      case Object other when Shape.stays(other) -> {
        mustHoldNothing(other);
        tag(Tag.STAYS);
      }
      case Object object when Shape.ours(object.getClass()) -> object(object);
      case Object stranger ->
          throw new SnapshotException("the state of " + stranger.getClass() + " is not known");
    }
  }

  private void record(Record record) throws IOException {
    tag(Tag.RECORD);
    type(record.getClass());
    RecordComponent[] all =
        components.computeIfAbsent(
            record.getClass(),
            type -> {
              RecordComponent[] each = type.getRecordComponents();
              for (RecordComponent component : each) {
                component.getAccessor().setAccessible(true);
              }
              return each;
            });
    for (RecordComponent component : all) {
      try {
        Object value = component.getAccessor().invoke(record);
        if (component.getType().isPrimitive()) {
          primitive(component.getType(), value);
        } else {
          value(value);
        }
      } catch (ReflectiveOperationException impossible) {
        throw new SnapshotException("cannot read " + component, impossible);
      }
    }
    // It can be made only when all of it has been read: it is counted then.
    numbers.put(record, numbers.size());
  }

  private void collection(Collection<?> collection, Sort sort) throws IOException {
    tag(Tag.COLLECTION);
    out.writeByte(sort.ordinal());
    out.writeInt(collection.size());
    if (!sort.immutable()) {
      numbers.put(collection, numbers.size());
    }
    for (Object each : collection) {
      value(each);
    }
    if (sort.immutable()) {
      numbers.put(collection, numbers.size());
    }
  }

  private void map(Map<?, ?> map, Sort sort) throws IOException {
    tag(Tag.MAP);
    out.writeByte(sort.ordinal());
    out.writeInt(map.size());
    if (!sort.immutable()) {
      numbers.put(map, numbers.size());
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      value(entry.getKey());
      value(entry.getValue());
    }
    if (sort.immutable()) {
      numbers.put(map, numbers.size());
    }
  }

  private void array(Object array) throws IOException {
    tag(Tag.ARRAY);
    Class<?> component = array.getClass().getComponentType();
    componentType(component);
    int length = Array.getLength(array);
    out.writeInt(length);
    numbers.put(array, numbers.size());
    switch (array) {
      case long[] all -> {
        for (long each : all) {
          out.writeLong(each);
        }
      }
      case Object[] all -> {
        for (Object each : all) {
          value(each);
        }
      }
      case Object other -> {
        for (int i = 0; i < length; i++) {
          primitive(component, Array.get(other, i));
        }
      }
    }
  }

  /** Its dimensions, then what it is made of. */
  private void componentType(Class<?> component) throws IOException {
    int dimensions = 0;
    Class<?> innermost = component;
    while (innermost.isArray()) {
      dimensions++;
      innermost = innermost.getComponentType();
    }
    out.writeByte(dimensions);
    type(innermost);
  }

  private void object(Object object) throws IOException {
    Shape shape = shapes.get(object.getClass());
    if (shape == null) {
      shape = Shape.of(object.getClass());
      shapes.put(object.getClass(), shape);
    }
    tag(Tag.OBJECT);
    type(object.getClass());
    numbers.put(object, numbers.size());
    for (Field field : shape.fields()) {
      try {
        Object value = field.get(object);
        if (field.getType().isPrimitive()) {
          primitive(field.getType(), value);
        } else {
          value(value);
        }
      } catch (IllegalAccessException impossible) {
        throw new SnapshotException("cannot read " + field, impossible);
      } catch (SnapshotException unknown) {
        throw new SnapshotException(field + ": " + unknown.getMessage(), unknown);
      }
    }
  }

  /** A function must have no state but what is written anyhow, or never changes. */
  private void mustHoldNothing(Object function) throws SnapshotException {
    if (!function.getClass().isHidden()) {
      return;
    }
    for (Field field : function.getClass().getDeclaredFields()) {
      if (field.getType().isPrimitive()) {
        continue;
      }
      try {
        field.setAccessible(true);
        Object held = field.get(function);
        boolean harmless =
            held == null
                || held instanceof String
                || held instanceof Number
                || held instanceof Enum<?>
                || held instanceof Record
                || held instanceof Property
                || held.getClass().isHidden()
                || numbers.containsKey(held);
        if (!harmless) {
          throw new SnapshotException("a function holds a " + held.getClass());
        }
      } catch (IllegalAccessException | RuntimeException closed) {
        throw new SnapshotException("cannot look into " + function.getClass(), closed);
      }
    }
  }

  private void primitive(Class<?> type, @Nullable Object value) throws IOException {
    switch (value) {
      case Long number -> out.writeLong(number);
      case Integer number -> out.writeInt(number);
      case Boolean truth -> out.writeBoolean(truth);
      case Byte small -> out.writeByte(small);
      case null, default ->
          throw new SnapshotException("fields of type " + type + " are not provided for");
    }
  }

  private void string(String string) throws IOException {
    Integer known = strings.get(string);
    if (known != null) {
      out.writeInt(known);
      return;
    }
    out.writeInt(strings.size());
    out.writeInt(string.length());
    boolean narrow = string.chars().allMatch(each -> each < 256);
    out.writeBoolean(narrow);
    if (narrow) {
      out.write(string.getBytes(StandardCharsets.ISO_8859_1));
    } else {
      // No charset: a half of a pair alone must stay what it is.
      out.writeChars(string);
    }
    strings.put(string, strings.size());
  }

  private void type(Class<?> type) throws IOException {
    Integer known = types.get(type);
    if (known != null) {
      out.writeInt(known);
      return;
    }
    out.writeInt(types.size());
    types.put(type, types.size());
    string(type.getName());
    out.writeInt(Shape.ours(type) ? Shape.fingerprint(type) : 0);
  }

  private void tag(Tag tag) throws IOException {
    out.writeByte(tag.ordinal());
  }
}
