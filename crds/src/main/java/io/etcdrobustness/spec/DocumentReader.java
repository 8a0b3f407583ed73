package io.etcdrobustness.spec;

import static io.etcdrobustness.spec.NodeReader.child;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Reads what all our kinds of YAML file have in common: one document, its {@code apiVersion} and
 * {@code kind}, its name, and where its spec stands.
 *
 * @param kind what must stand in {@code kind}
 * @param noun what a user calls it
 */
record DocumentReader(String kind, String noun) {

  // Honest files are far flatter.
  private static final int DEEPEST = 32;

  /** The name is part of the names of runs, pods and hosts; a CronJob's limit is the same. */
  private static final int LONGEST_NAME = 40;

  private static final List<String> ROOT = List.of("apiVersion", "kind", "metadata", "spec");

  /** The fields of ObjectMeta: {@code kubectl get -o yaml} writes them all. */
  private static final List<String> METADATA =
      List.of(
          "name",
          "namespace",
          "labels",
          "annotations",
          "generateName",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields",
          "ownerReferences",
          "finalizers",
          "selfLink");

  /** Reads the spec: a record and what is wrong between its fields. */
  interface SpecPart<T> {
    T read(NodeReader reader, Node spec);
  }

  /** Puts a name and a spec together. */
  interface Whole<T, D> {
    D of(String name, T spec);
  }

  /**
   * Reads a file.
   *
   * @throws SpecException with every mistake, if it is not of this kind
   */
  <T, D> D read(String yaml, Mistakes mistakes, SpecPart<T> part, Whole<T, D> whole)
      throws SpecException {
    Optional<D> read =
        document(yaml, mistakes).flatMap(root -> resource(root, mistakes, part, whole));
    if (!mistakes.isEmpty() || read.isEmpty()) {
      throw mistakes.exception();
    }
    return read.get();
  }

  /** The one document of the file, if there is nothing wrong with its syntax. */
  private Optional<Node> document(String yaml, Mistakes mistakes) {
    if (yaml.length() > Yaml.MOST_CHARACTERS) {
      mistakes.add(
          "",
          1,
          1,
          "the file has more than 1 MiB, no %1$s has; write one %1$s to a file".formatted(noun));
      return Optional.empty();
    }
    LoadSettings settings = Yaml.settings(yaml);
    List<Node> documents = new ArrayList<>();
    try {
      if (isTangled(yaml, settings, mistakes)) {
        return Optional.empty();
      }
      for (Node node : new Compose(settings).composeAllFromString(yaml)) {
        if (!NodeReader.isNull(node)) {
          documents.add(node);
        }
      }
    } catch (MarkedYamlEngineException wrong) {
      mistakes.add(
          "",
          wrong.getProblemMark().or(wrong::getContextMark),
          "this is not YAML: " + problem(wrong) + hint(wrong));
      return Optional.empty();
    } catch (ReaderException wrong) {
      int line = (int) yaml.codePoints().limit(wrong.getPosition()).filter(c -> c == '\n').count();
      mistakes.add(
          "",
          line + 1,
          1,
          "this is not YAML: it holds the character U+%04X; save it as plain text in UTF-8"
              .formatted(wrong.getCodePoint()));
      return Optional.empty();
    } catch (YamlEngineException wrong) {
      mistakes.add(
          "", 1, 1, "this is not YAML: " + Quoted.bare(String.valueOf(wrong.getMessage()), 200));
      return Optional.empty();
    }
    if (documents.isEmpty()) {
      mistakes.add(
          "",
          1,
          1,
          "the file holds no %s; write apiVersion: %s, kind: %s"
              .formatted(noun, SpecReader.API_VERSION, kind));
      return Optional.empty();
    }
    for (Node further : documents.subList(1, documents.size())) {
      mistakes.add(
          "",
          further,
          "one more document; a file holds exactly one "
              + kind
              + ", put the others into files of their own");
    }
    return Optional.of(documents.getFirst());
  }

  /** Composing recurses and shares; what no test looks like must not come that far. */
  private boolean isTangled(String yaml, LoadSettings settings, Mistakes mistakes) {
    int depth = 0;
    int aliases = 0;
    for (Event event : new Parse(settings).parseString(yaml)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case Alias -> aliases++;
        case Comment, DocumentEnd, DocumentStart, Scalar, StreamEnd, StreamStart -> {}
      }
      if (depth > DEEPEST) {
        mistakes.add(
            "",
            event.getStartMark(),
            "nested more than " + DEEPEST + " levels deep, no " + noun + " is; check the brackets");
        return true;
      }
      if (aliases > Yaml.MOST_ALIASES) {
        mistakes.add(
            "",
            event.getStartMark(),
            "more than "
                + Yaml.MOST_ALIASES
                + " aliases, no "
                + noun
                + " has so many; write the fields out");
        return true;
      }
    }
    return false;
  }

  private static String problem(MarkedYamlEngineException wrong) {
    String context = wrong.getContext();
    return Quoted.bare(
        (context == null || context.isEmpty() ? "" : context + ", ") + wrong.getProblem(), 200);
  }

  private static String hint(MarkedYamlEngineException wrong) {
    String text = String.valueOf(wrong.getContext()) + wrong.getProblem();
    if (text.contains("alias") || text.contains("anchor")) {
      return "; a text that begins with * or & must stand in quotes";
    }
    if (text.contains("\\t") || text.contains("cannot start any token")) {
      return "; indent with spaces, and put texts with special characters in quotes";
    }
    if (text.contains("mapping values are not allowed")) {
      return "; check the indentation, and put texts that hold ': ' in quotes";
    }
    return "; check quotes, brackets and indentation";
  }

  private <T, D> Optional<D> resource(
      Node root, Mistakes mistakes, SpecPart<T> part, Whole<T, D> whole) {
    NodeReader reader = new NodeReader(mistakes);
    Map<String, Node> fields = reader.fields(root, "");
    if (!mistakes.isEmpty() && fields.isEmpty()) {
      return Optional.empty();
    }
    boolean isOurs =
        header(fields, "apiVersion", SpecReader.API_VERSION, mistakes)
            & header(fields, "kind", kind, mistakes);
    if (!isOurs && fields.containsKey("kind") && mistakes.isAt("kind")) {
      // Something else altogether: its other fields would only make noise.
      return Optional.empty();
    }
    for (String name : fields.keySet()) {
      // The status is what kubectl get -o yaml writes beside the spec; it says nothing to a run.
      if (!ROOT.contains(name) && !name.equals("status")) {
        reader.unknown("", name, ROOT);
      }
    }
    Optional<String> name = name(fields, reader, mistakes);
    Node specNode = fields.get("spec");
    if (specNode == null || NodeReader.isNull(specNode)) {
      mistakes.add(
          "spec",
          kind.equals(SpecReader.KIND)
              ? "is missing; write spec: {} to take every default"
              : "is missing; write spec: {template: {}, matrix: {}}");
      reader.reportMissingQuotes();
      return Optional.empty();
    }
    T spec = part.read(reader, specNode);
    reader.reportMissingQuotes();
    return name.map(known -> whole.of(known, spec));
  }

  private static boolean header(
      Map<String, Node> fields, String field, String wanted, Mistakes mistakes) {
    Node node = fields.get(field);
    if (node == null) {
      mistakes.add(field, "is missing; write " + field + ": " + wanted);
      return false;
    }
    mistakes.at(field, node);
    if (!(node instanceof ScalarNode scalar) || !scalar.getValue().equals(wanted)) {
      String written =
          node instanceof ScalarNode scalar ? Quoted.of(scalar.getValue()) : "not a word";
      mistakes.add(
          field, "is " + written + ", which is not read here; write " + field + ": " + wanted);
      return false;
    }
    return true;
  }

  private static Optional<String> name(
      Map<String, Node> root, NodeReader reader, Mistakes mistakes) {
    Node node = root.get("metadata");
    if (node == null) {
      mistakes.add("metadata", "is missing; write metadata: {name: my-test}");
      return Optional.empty();
    }
    Map<String, Node> fields = reader.fields(node, "metadata");
    for (String field : fields.keySet()) {
      if (!METADATA.contains(field)) {
        reader.unknown("metadata", field, METADATA.subList(0, 4));
      }
    }
    for (String field : List.of("labels", "annotations")) {
      if (fields.containsKey(field) && !NodeReader.isNull(fields.get(field))) {
        texts(fields.get(field), child("metadata", field), reader, mistakes);
      }
    }
    if (!(fields.get("name") instanceof ScalarNode name) || NodeReader.isNull(name)) {
      if (!mistakes.isAt("metadata")) {
        mistakes.add("metadata.name", "is missing; write a name such as my-test");
      }
      return Optional.empty();
    }
    String text = reader.text(name, "metadata.name");
    if (text.length() > LONGEST_NAME) {
      mistakes.add(
          "metadata.name",
          "has "
              + text.length()
              + " characters; write at most "
              + LONGEST_NAME
              + ", names of runs and members are made of it");
    } else if (!text.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")) {
      mistakes.add(
          "metadata.name",
          Quoted.of(text)
              + " is not a name; write lower-case letters, digits and hyphens, such as my-test");
    }
    return Optional.of(text);
  }

  /** Labels and annotations: texts by name. */
  private static void texts(Node node, String path, NodeReader reader, Mistakes mistakes) {
    reader
        .fields(node, path)
        .forEach((name, value) -> {
          if (value instanceof ScalarNode scalar) {
            reader.text(scalar, child(path, Quoted.bare(name)));
          } else {
            mistakes.add(
                child(path, Quoted.bare(name)),
                value,
                "a list or group stands where a text is expected; write it in quotes");
          }
        });
  }
}
