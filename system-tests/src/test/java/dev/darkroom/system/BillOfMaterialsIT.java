package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.darkroom.system.processes.JavaCommand;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the software bill of materials in a jar says, beside what lies in that jar. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BillOfMaterialsIT {
  private static final String BILL = "META-INF/sbom/application.cdx.json";
  private static final String LIBRARIES = "BOOT-INF/lib/";

  /** Spring Boot's plugin puts it into the jar; it is no dependency of the module. */
  private static final String TOOLS = "spring-boot-jarmode-tools-";

  /** They hold nothing but their dependencies, and Spring Boot's plugin leaves them out. */
  private static final String STARTER = "spring-boot-starter";

  private static final Pattern CLASSIFIER = Pattern.compile("[?&]classifier=([^&]+)");

  @ParameterizedTest
  @ValueSource(strings = {"api-gateway", "generation-worker", "nebius-simulator"})
  void it_names_every_library_with_its_hash_and_no_other(String module) throws IOException {
    try (var jar = new JarFile(JavaCommand.jarOf(module).toFile())) {
      assumeMadeOnline(jar);
      assertThat(librariesIn(bill(jar))).isNotEmpty().isEqualTo(librariesIn(jar));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"api-gateway", "generation-worker", "nebius-simulator"})
  void it_is_found_where_scanners_look_and_holds_neither_a_time_nor_a_random_number(String module)
      throws IOException {
    try (var jar = new JarFile(JavaCommand.jarOf(module).toFile())) {
      assumeMadeOnline(jar);
      assertThat(jar.getManifest().getMainAttributes().getValue("Sbom-Location")).isEqualTo(BILL);
      var bill = bill(jar);
      assertThat(bill.path("bomFormat").asString()).isEqualTo("CycloneDX");
      assertThat(bill.at("/metadata/component/name").asString()).isEqualTo(module);
      assertThat(bill.has("serialNumber")).isFalse();
      assertThat(bill.path("metadata").has("timestamp")).isFalse();
    }
  }

  private static void assumeMadeOnline(JarFile jar) {
    assumeTrue(
        jar.getEntry(BILL) != null,
        "no bill of materials in " + jar.getName() + ": build without -o to check it");
  }

  private static JsonNode bill(JarFile jar) throws IOException {
    try (var stream = jar.getInputStream(jar.getEntry(BILL))) {
      return JsonMapper.shared().readTree(stream);
    }
  }

  /** SHA-256 by file name. */
  private static Map<String, String> librariesIn(JsonNode bill) {
    var libraries = new TreeMap<String, String>();
    for (var component : bill.path("components")) {
      for (var hash : component.path("hashes")) {
        if (hash.path("alg").asString().equals("SHA-256")) {
          libraries.put(fileName(component), hash.path("content").asString());
        }
      }
    }
    libraries.keySet().removeIf(name -> name.startsWith(STARTER));
    return libraries;
  }

  private static String fileName(JsonNode component) {
    var purl = URLDecoder.decode(component.path("purl").asString(), StandardCharsets.UTF_8);
    var classifier = CLASSIFIER.matcher(purl);
    return "%s-%s%s.jar"
        .formatted(
            component.path("name").asString(),
            component.path("version").asString(),
            classifier.find() ? "-" + classifier.group(1) : "");
  }

  private static Map<String, String> librariesIn(JarFile jar) throws IOException {
    var libraries = new TreeMap<String, String>();
    for (var entry : Collections.list(jar.entries())) {
      var name = entry.getName();
      if (name.startsWith(LIBRARIES) && name.endsWith(".jar")) {
        try (var stream = jar.getInputStream(entry)) {
          libraries.put(name.substring(LIBRARIES.length()), sha256(stream));
        }
      }
    }
    libraries.keySet().removeIf(name -> name.startsWith(TOOLS));
    return libraries;
  }

  private static String sha256(InputStream stream) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(stream.readAllBytes());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
