package io.etcdrobustness.spec;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads YAML nodes into records, field by component, so that a new component is read without a
 * change here. What cannot be read is reported and then treated as absent.
 *
 * <p>It reads as {@code kubectl} and the API server do: a null is an absent field, a number is no
 * text. Recursion ends, whatever aliases do, because the records' types do not recur.
 */
final class NodeReader {

  /**
   * What YAML 1.1 takes for a boolean, and 1.2 for a text: kubectl reads the former, this reader
   * the latter, so such a word must be in quotes to mean the same to both.
   */
  private static final java.util.regex.Pattern BOOLEAN_OF_YAML_1_1 =
      java.util.regex.Pattern.compile("yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N");

  private final Mistakes mistakes;
  private final Map<String, Node> withoutQuotes = new LinkedHashMap<>();

  NodeReader(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /** Reports texts that stand without the quotes they need, where nothing else is wrong. */
  void reportMissingQuotes() {
    withoutQuotes.forEach((path, node) -> {
      if (!mistakes.isAt(path) && node instanceof ScalarNode scalar) {
        String text = Quoted.bare(scalar.getValue());
        mistakes.add(
            path,
            (scalar.getTag().equals(Tag.STR) ? "kubectl reads " : "YAML reads ")
                + text
                + " without quotes as a "
                + (isNumber(scalar) ? "number" : "boolean")
                + ", this is a text; write \""
                + text
                + "\"");
      }
    });
  }

  /** The fields of a mapping by name, none twice; empty if it is not a mapping. */
  Map<String, Node> fields(Node node, String path) {
    mistakes.at(path, node);
    if (!(node instanceof MappingNode mapping)) {
      mistakes.add(path, shown(node) + " stands where fields are expected; write name: value");
      return Map.of();
    }
    Map<String, Node> fields = new LinkedHashMap<>();
    Set<String> twice = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        mistakes.add(
            path,
            tuple.getKeyNode(),
            "a list or group stands where a name is expected; write name: value");
        continue;
      }
      String name = key.getValue();
      if (fields.putIfAbsent(name, tuple.getValueNode()) == null) {
        mistakes.key(child(path, name), key);
      } else if (twice.add(name)) {
        mistakes.add(
            child(path, Quoted.bare(name)), key, "stands here twice; leave one of them away");
      }
    }
    return fields;
  }

  /** The path of a field. */
  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Whether a node says that a field is absent, to YAML 1.1 and 1.2. */
  static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && List.of("", "~", "null", "Null", "NULL").contains(scalar.getValue());
  }

  /** Reports a field that is not among the known ones. */
  void unknown(String path, String name, List<String> known) {
    Optional<String> meant = Nearest.to(name, known);
    // Whoever meant that field did not mean its default.
    meant.ifPresent(word -> mistakes.distrust(child(path, word)));
    mistakes.add(
        child(path, Quoted.bare(name)),
        mistakes.keyOf(child(path, name)),
        "unknown field; "
            + (name.equals("<<")
                ? "merge keys are not read here, write the fields out"
                : meant
                    .map(word -> "did you mean '" + word + "'?")
                    .orElseGet(() -> "known here: " + String.join(", ", known))));
  }

  /** A record from a mapping; with its defaults where fields are absent or wrong. */
  <T extends Record> T record(Class<T> type, Node node, String path) {
    RecordComponent[] components = type.getRecordComponents();
    List<String> known = Arrays.stream(components).map(RecordComponent::getName).toList();
    @Nullable Object[] values = new Object[components.length];
    fields(node, path)
        .forEach((name, field) -> {
          int index = known.indexOf(name);
          if (index < 0) {
            unknown(path, name, known);
          } else {
            values[index] = value(components[index].getGenericType(), field, child(path, name));
          }
        });
    return Components.create(type, values);
  }

  private @Nullable Object value(Type type, Node node, String path) {
    mistakes.at(path, node);
    if (isNull(node)) {
      return null;
    }
    if (type instanceof ParameterizedType list) {
      return items(list.getActualTypeArguments()[0], node, path);
    }
    Class<?> wanted = (Class<?>) type;
    if (wanted.isRecord()) {
      return record(wanted.asSubclass(Record.class), node, path);
    }
    if (!(node instanceof ScalarNode scalar)) {
      mistakes.add(
          path,
          shown(node) + " stands where " + expected(wanted) + " is expected; write that alone");
      return null;
    }
    if (wanted.isEnum()) {
      return constant(wanted, scalar, path);
    }
    if (wanted == String.class) {
      return text(scalar, path);
    }
    if (wanted == Boolean.class) {
      return flag(scalar, path);
    }
    return number(wanted, scalar, path);
  }

  private @Nullable List<Object> items(Type type, Node node, String path) {
    if (!(node instanceof SequenceNode sequence)) {
      mistakes.add(
          path,
          node instanceof ScalarNode scalar && !(type instanceof Class<?> item && item.isRecord())
              ? shown(node) + " is not a list; write [" + Quoted.bare(scalar.getValue()) + "]"
              : shown(node) + " is not a list; begin each item with a hyphen");
      return null;
    }
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < sequence.getValue().size(); i++) {
      Node itemNode = sequence.getValue().get(i);
      String itemPath = path + "[" + i + "]";
      Object item = value(type, itemNode, itemPath);
      if (item != null) {
        items.add(item);
      } else if (!mistakes.isAt(itemPath)) {
        mistakes.add(itemPath, "an empty item; write one, or leave the hyphen away");
      }
    }
    // One item less would move the others to wrong places.
    return items.size() == sequence.getValue().size() ? items : null;
  }

  private @Nullable Object constant(Class<?> type, ScalarNode scalar, String path) {
    List<?> constants = List.of(type.getEnumConstants());
    List<String> names = constants.stream().map(Object::toString).toList();
    int index = names.indexOf(scalar.getValue());
    if (index < 0) {
      mistakes.add(
          path,
          Quoted.of(scalar.getValue())
              + " is not one of "
              + String.join(", ", names)
              + Nearest.to(scalar.getValue(), names)
                  .map(word -> "; did you mean " + word + "?")
                  .orElse("; write one of them"));
      return null;
    }
    return constants.get(index) instanceof Enum<?> constant && text(scalar, path) != null
        ? constant
        : null;
  }

  /** The text of a scalar; a text that others read as a number or boolean is remembered. */
  String text(ScalarNode scalar, String path) {
    mistakes.at(path, scalar);
    if (scalar.isPlain()
        && (!scalar.getTag().equals(Tag.STR)
            || BOOLEAN_OF_YAML_1_1.matcher(scalar.getValue()).matches())) {
      withoutQuotes.put(path, scalar);
    }
    return scalar.getValue();
  }

  private @Nullable Boolean flag(ScalarNode scalar, String path) {
    if (!scalar.getTag().equals(Tag.BOOL)) {
      mistakes.add(path, shown(scalar) + " is neither true nor false; write one of them");
      return null;
    }
    return Boolean.valueOf(scalar.getValue());
  }

  private @Nullable Object number(Class<?> type, ScalarNode scalar, String path) {
    if (!scalar.getTag().equals(Tag.INT)) {
      mistakes.add(
          path, shown(scalar) + " is not a whole number; write digits alone, without quotes");
      return null;
    }
    try {
      return type == Integer.class
          ? (Object) Integer.valueOf(scalar.getValue())
          : (Object) Long.valueOf(scalar.getValue());
    } catch (NumberFormatException tooLarge) {
      mistakes.add(path, shown(scalar) + " is too large; write a smaller number");
      return null;
    }
  }

  private static boolean isNumber(ScalarNode scalar) {
    return scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT);
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(joining(" or "));
    }
    return type == String.class ? "a text" : type == Boolean.class ? "true or false" : "a number";
  }

  private static String shown(Node node) {
    return switch (node) {
      case ScalarNode scalar -> isNull(scalar) ? "nothing" : Quoted.of(scalar.getValue());
      case SequenceNode _ -> "a list";
      default -> "a group of fields";
    };
  }
}
