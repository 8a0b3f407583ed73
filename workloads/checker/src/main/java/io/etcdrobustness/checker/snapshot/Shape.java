package io.etcdrobustness.checker.snapshot;

import io.etcdrobustness.checker.Budget;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import sun.reflect.ReflectionFactory;

/**
 * A class of ours whose objects have state: its fields, and what tells it from the same class of
 * another build.
 */
final class Shape {

  private static final String OURS = "io.etcdrobustness.";

  private final Class<?> type;
  private final List<Field> fields = new ArrayList<>();

  private Shape(Class<?> type) throws SnapshotException {
    this.type = type;
    for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
      if (!ours(each)) {
        throw new SnapshotException(type + " extends " + each + ", whose state is not known");
      }
      for (Field field : each.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          open(field);
          fields.add(field);
        }
      }
    }
  }

  private void open(Field field) throws SnapshotException {
    try {
      field.setAccessible(true);
    } catch (InaccessibleObjectException closed) {
      throw new SnapshotException("cannot look into " + type, closed);
    }
  }

  /** The shape of {@code type}, which is {@linkplain #ours ours}. */
  static Shape of(Class<?> type) throws SnapshotException {
    return new Shape(type);
  }

  /** Whether the state of {@code type} is for us to know. */
  static boolean ours(Class<?> type) {
    return type.getName().startsWith(OURS) && !type.isHidden();
  }

  /** Whether {@code value} has no state, or one that belongs to the process. */
  static boolean stays(Object value) {
    return value.getClass().isHidden()
        || value instanceof Budget
        || value instanceof Iterator
        || value instanceof Comparator;
  }

  Class<?> type() {
    return type;
  }

  /** In the order of the class file, those of superclasses last. */
  List<Field> fields() {
    return fields;
  }

  /** A new object, whose fields are all to be set. */
  Object allocate() throws SnapshotException {
    try {
      Constructor<?> none =
          ReflectionFactory.getReflectionFactory()
              .newConstructorForSerialization(type, Object.class.getDeclaredConstructor());
      return none.newInstance();
    } catch (ReflectiveOperationException impossible) {
      throw new SnapshotException("cannot make a " + type, impossible);
    }
  }

  /** Different for each build that differs in this class. */
  static int fingerprint(Class<?> type) throws IOException {
    String name = type.getName();
    try (InputStream code =
        type.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
      return code == null
          ? Arrays.toString(type.getDeclaredFields()).hashCode()
          : Arrays.hashCode(code.readAllBytes());
    }
  }
}
