package dev.darkroom.rules;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A pom, as far as the rules ask about it. */
record Pom(String name, String text, Document document) {
  private static final Pattern NUMBER = Pattern.compile(".*\\d.*");
  private static final Pattern VERSION_USED = Pattern.compile("\\$\\{([\\w.-]+)}");

  static Pom parent() {
    return of("pom.xml", Project.read(Project.ROOT.resolve("pom.xml")));
  }

  static List<Pom> ofModules() {
    return parent().modules().stream()
        .map(module -> module + "/pom.xml")
        .filter(file -> Files.exists(Project.ROOT.resolve(file)))
        .map(file -> of(file, Project.read(Project.ROOT.resolve(file))))
        .toList();
  }

  static Pom of(String name, String text) {
    try {
      var document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(text)));
      return new Pom(name, text, document);
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new IllegalArgumentException(name + " is no pom", e);
    }
  }

  List<String> modules() {
    return elements("module").map(Element::getTextContent).toList();
  }

  /**
   * Dependencies and plugins, also those of plugins and processors, with a number for a version.
   */
  List<String> numberedVersions() {
    return Stream.of("dependency", "plugin", "path", "extension")
        .flatMap(this::elements)
        .filter(element -> NUMBER.matcher(withoutReferences(child(element, "version"))).matches())
        .map(element -> name + ": " + child(element, "artifactId"))
        .toList();
  }

  /** Properties that are versions. */
  List<String> versionProperties() {
    return elements("properties")
        .flatMap(Pom::children)
        .filter(property -> isVersion(property.getTagName()))
        .map(Element::getTagName)
        .toList();
  }

  List<String> usedProperties() {
    var used = VERSION_USED.matcher(text);
    var names = new ArrayList<String>();
    while (used.find()) {
      names.add(used.group(1));
    }
    return names;
  }

  List<String> managed() {
    return elements("dependencyManagement")
        .flatMap(management -> elementsIn(management, "dependency"))
        .map(dependency -> child(dependency, "artifactId"))
        .toList();
  }

  /** Modules of ours that the classes of this one are compiled or run with. */
  List<String> modulesOfOursInProduction() {
    return elements("dependency")
        .filter(dependency -> child(dependency, "groupId").equals("dev.darkroom"))
        .filter(dependency -> !child(dependency, "scope").equals("test"))
        .map(dependency -> child(dependency, "artifactId"))
        .toList();
  }

  List<String> artifacts() {
    return elements("artifactId").map(Element::getTextContent).toList();
  }

  private static boolean isVersion(String property) {
    return property.endsWith(".version") || property.endsWith(".release");
  }

  private static String withoutReferences(String version) {
    return VERSION_USED.matcher(version).replaceAll("");
  }

  private Stream<Element> elements(String tag) {
    return elementsIn(document.getDocumentElement(), tag);
  }

  private static Stream<Element> elementsIn(Element within, String tag) {
    var nodes = within.getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item).map(Element.class::cast);
  }

  private static Stream<Element> children(Element parent) {
    var nodes = parent.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(Element.class::isInstance)
        .map(Element.class::cast);
  }

  private static String child(Element parent, String tag) {
    return children(parent)
        .filter(child -> child.getTagName().equals(tag))
        .map(Element::getTextContent)
        .findFirst()
        .orElse("");
  }
}
