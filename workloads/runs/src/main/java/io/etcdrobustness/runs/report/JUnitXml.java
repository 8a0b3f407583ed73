package io.etcdrobustness.runs.report;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Verdict;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The verdict as JUnit XML, for CI servers: a test case per property, and one for the verdict
 * itself. A violation is a failure, what could not be decided an error, what the run did not put to
 * the test is skipped.
 */
final class JUnitXml {

  private JUnitXml() {}

  static String of(Report report) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      write(xml, report);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException impossible) {
      throw new IllegalStateException("cannot write XML to memory", impossible);
    }
    return text + "\n";
  }

  private static void write(XMLStreamWriter xml, Report report) throws XMLStreamException {
    List<Finding> findings = report.assessment().findings();
    Verdict verdict = report.assessment().verdict();
    long failures = count(findings, Status.VIOLATED) + (verdict == Verdict.FAILED ? 1 : 0);
    boolean undecided = verdict == Verdict.INCONCLUSIVE || verdict == Verdict.ERROR;
    long errors = count(findings, Status.UNDECIDED) + (undecided ? 1 : 0);
    long skipped =
        count(findings, Status.NOT_EXERCISED)
            + count(findings, Status.EXCLUDED)
            + count(findings, Status.KNOWN);
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", "robustness/" + report.name());
    xml.writeAttribute("tests", Long.toString(findings.size() + 1L));
    xml.writeAttribute("failures", Long.toString(failures));
    xml.writeAttribute("errors", Long.toString(errors));
    xml.writeAttribute("skipped", Long.toString(skipped));
    xml.writeAttribute("timestamp", report.startedAt().toString());
    xml.writeAttribute(
        "time",
        String.format(Locale.ROOT, "%.3f", report.spec().trafficTime().toMillis() / 1000.0));
    xml.writeStartElement("properties");
    property(xml, "seed", Long.toString(report.seed()));
    property(xml, "etcd", report.etcd());
    property(xml, "substrate", report.substrate());
    property(xml, "operations", Integer.toString(report.history().operations().size()));
    xml.writeEndElement();

    testCase(xml, "verdict", verdict.label());
    String reasons = String.join("\n", report.assessment().reasons());
    switch (verdict) {
      case PASSED -> {}
      case FAILED -> outcome(xml, "failure", verdict.label(), reasons, report.command());
      case INCONCLUSIVE, ERROR -> outcome(xml, "error", verdict.label(), reasons, report.command());
    }
    xml.writeEndElement();
    for (Finding finding : findings) {
      testCase(xml, report.spec().workload().profile().name(), finding.property());
      switch (finding.status()) {
        case HOLDS -> {}
        case VIOLATED ->
            outcome(
                xml,
                "failure",
                finding.property(),
                finding.violations().getFirst().summary(),
                report.command());
        case UNDECIDED ->
            outcome(xml, "error", finding.status().name(), finding.note(), report.command());
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
