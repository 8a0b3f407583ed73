package io.etcdrobustness.runs.report;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Verdict;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The verdict as JUnit XML, for CI servers: a test case per property, and one for the verdict
 * itself. A violation is a failure, what could not be decided an error, what the run did not put to
 * the test is skipped.
 */
public final class JUnitXml {

  private JUnitXml() {}

  /**
   * What is told of one run, or of one that was not carried out.
   *
   * @param name of the test suite
   * @param className of its test cases
   * @param notRun why it was not carried out; empty if it was
   */
  public record Part(
      String name,
      String className,
      Instant startedAt,
      Duration time,
      Map<String, String> properties,
      Assessment assessment,
      String command,
      Optional<String> notRun) {

    /** The part of a run. */
    public static Part of(String name, Report report) {
      Map<String, String> properties = new LinkedHashMap<>();
      properties.put("seed", Long.toString(report.seed()));
      properties.put("etcd", report.etcd());
      properties.put("substrate", report.substrate());
      properties.put("operations", Integer.toString(report.history().operations().size()));
      return new Part(
          name,
          report.spec().workload().profile().name(),
          report.startedAt(),
          report.spec().trafficTime(),
          properties,
          report.assessment(),
          report.command(),
          Optional.empty());
    }

    private long failures() {
      return count(assessment.findings(), Status.VIOLATED)
          + (assessment.verdict() == Verdict.FAILED && notRun.isEmpty() ? 1 : 0);
    }

    private long errors() {
      boolean undecided =
          assessment.verdict() == Verdict.INCONCLUSIVE || assessment.verdict() == Verdict.ERROR;
      return count(assessment.findings(), Status.UNDECIDED)
          + (undecided && notRun.isEmpty() ? 1 : 0);
    }

    private long skipped() {
      return count(assessment.findings(), Status.NOT_EXERCISED)
          + count(assessment.findings(), Status.EXCLUDED)
          + count(assessment.findings(), Status.KNOWN)
          + (notRun.isPresent() ? 1 : 0);
    }

    private long tests() {
      return assessment.findings().size() + 1L;
    }
  }

  static String of(Report report) {
    return document(xml -> write(xml, Part.of("robustness/" + report.name(), report)));
  }

  /** Several as one file. */
  public static String of(String name, List<Part> parts) {
    return document(xml -> {
      xml.writeStartElement("testsuites");
      xml.writeAttribute("name", name);
      counts(
          xml,
          parts.stream().mapToLong(Part::tests).sum(),
          parts.stream().mapToLong(Part::failures).sum(),
          parts.stream().mapToLong(Part::errors).sum(),
          parts.stream().mapToLong(Part::skipped).sum());
      for (Part part : parts) {
        write(xml, part);
      }
      xml.writeEndElement();
    });
  }

  private interface Content {
    void write(XMLStreamWriter xml) throws XMLStreamException;
  }

  private static String document(Content content) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      content.write(xml);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException impossible) {
      throw new IllegalStateException("cannot write XML to memory", impossible);
    }
    return text + "\n";
  }

  private static void counts(
      XMLStreamWriter xml, long tests, long failures, long errors, long skipped)
      throws XMLStreamException {
    xml.writeAttribute("tests", Long.toString(tests));
    xml.writeAttribute("failures", Long.toString(failures));
    xml.writeAttribute("errors", Long.toString(errors));
    xml.writeAttribute("skipped", Long.toString(skipped));
  }

  private static void write(XMLStreamWriter xml, Part part) throws XMLStreamException {
    List<Finding> findings = part.assessment().findings();
    Verdict verdict = part.assessment().verdict();
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", part.name());
    counts(xml, part.tests(), part.failures(), part.errors(), part.skipped());
    xml.writeAttribute("timestamp", part.startedAt().toString());
    xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", part.time().toMillis() / 1000.0));
    xml.writeStartElement("properties");
    for (Map.Entry<String, String> property : part.properties().entrySet()) {
      property(xml, property.getKey(), property.getValue());
    }
    xml.writeEndElement();

    testCase(xml, "verdict", part.notRun().isPresent() ? "not run" : verdict.label());
    String reasons = String.join("\n", part.assessment().reasons());
    if (part.notRun().isPresent()) {
      xml.writeEmptyElement("skipped");
      xml.writeAttribute("message", clean(part.notRun().get()));
    } else {
      switch (verdict) {
        case PASSED -> {}
        case FAILED -> outcome(xml, "failure", verdict.label(), reasons, part.command());
        case INCONCLUSIVE, ERROR -> outcome(xml, "error", verdict.label(), reasons, part.command());
      }
    }
    xml.writeEndElement();
    for (Finding finding : findings) {
      testCase(xml, part.className(), finding.property());
      switch (finding.status()) {
        case HOLDS -> {}
        case VIOLATED ->
            outcome(
                xml,
                "failure",
                finding.property(),
                finding.violations().getFirst().summary(),
                part.command());
        case UNDECIDED ->
            outcome(xml, "error", finding.status().name(), finding.note(), part.command());
        case NOT_EXERCISED, EXCLUDED, KNOWN -> {
          xml.writeEmptyElement("skipped");
          xml.writeAttribute("message", clean(finding.note()));
        }
      }
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  private static long count(List<Finding> findings, Status status) {
    return findings.stream().filter(finding -> finding.status() == status).count();
  }

  private static void property(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeEmptyElement("property");
    xml.writeAttribute("name", name);
    xml.writeAttribute("value", value);
  }

  private static void testCase(XMLStreamWriter xml, String className, String name)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", className);
    xml.writeAttribute("name", name);
  }

  private static void outcome(
      XMLStreamWriter xml, String element, String type, String message, String command)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeAttribute("type", type);
    xml.writeAttribute("message", clean(message));
    xml.writeCharacters(clean(message) + "\nagain: " + command);
    xml.writeEndElement();
  }

  /** XML 1.0 has no way to write most control characters. */
  private static String clean(String text) {
    return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]", "?");
  }
}
