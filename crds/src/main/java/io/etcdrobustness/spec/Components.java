package io.etcdrobustness.spec;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Takes records apart and puts them together, by their components. */
final class Components {

  private Components() {}

  /** The value of a component; null if it is absent. */
  static @Nullable Object value(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException broken) {
      throw new IllegalStateException("cannot read " + component, broken);
    }
  }

  /** A record of these values in the order of its components; null for what is absent. */
  static <T extends Record> T create(Class<T> type, @Nullable Object[] values) {
    Class<?>[] parameters =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(parameters).newInstance(values);
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException("cannot create " + type, broken);
    }
  }

  /** A copy of {@code record} in which one component is another. */
  static <T extends Record> T with(T record, String name, @Nullable Object value) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = components[i].getName().equals(name) ? value : value(components[i], record);
    }
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) record.getClass();
    return create(type, values);
  }
}
