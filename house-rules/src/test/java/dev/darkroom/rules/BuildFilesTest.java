package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What decisions 0008 and 0027, and docs/operations.md, ask of files that no compiler reads. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BuildFilesTest {
  @Test
  void ci_builds_with_the_wrapper_and_so_checks_the_format() {
    assertThat(Project.read(Project.ROOT.resolve(".ci/run"))).containsPattern("\\./mvnw .*verify");
    assertThat(Project.read(Project.ROOT.resolve("pom.xml")))
        .containsPattern("(?s)spotless-maven-plugin.*<goal>check</goal>");
  }

  @Test
  void images_are_built_with_a_cache_and_started_with_it() {
    assertThat(Project.read(Project.ROOT.resolve("deploy/Dockerfile")))
        .contains("-XX:AOTCacheOutput=application.aot", "-XX:AOTCache=/darkroom/application.aot");
    assertThat(Project.read(Project.ROOT.resolve("docker-compose.yml")))
        .contains("-XX:AOTCache=/darkroom/application.aot");
  }

  @Test
  void containers_have_no_more_rights_than_they_need() {
    var compose = Project.read(Project.ROOT.resolve("docker-compose.yml"));
    assertThat(laxIn(compose)).isEmpty();
    assertThat(Project.read(Project.ROOT.resolve("deploy/Dockerfile"))).contains("USER 10001");
  }

  @Test
  void a_container_with_more_rights_is_found() {
    var compose =
        """
        x-hardened: &hardened
          read_only: true
          cap_drop: [ALL]
          security_opt: ["no-new-privileges:true"]
          mem_limit: 1g
          pids_limit: 512
        services:
          good:
            <<: *hardened
            build: .
            ports: ["127.0.0.1:80:80"]
          lax:
            <<: *hardened
            image: lax
            privileged: true
            cap_drop: [CHOWN]
            ports: ["80:80"]
          none:
            build: .
        """;
    assertThat(laxIn(compose))
        .containsExactlyInAnyOrder(
            "lax may run as root",
            "lax has capabilities",
            "lax is privileged",
            "lax is open to others than this machine",
            "none may write everywhere",
            "none has capabilities",
            "none may gain rights",
            "none has no limits");
  }

  private static List<String> laxIn(String compose) {
    var document = new Yaml().<Map<String, Map<String, Map<String, Object>>>>load(compose);
    var complaints = new ArrayList<String>();
    Objects.requireNonNull(document.get("services"))
        .forEach((name, service) -> {
          var checks = new LinkedHashMap<String, Boolean>();
          checks.put(
              "may run as root", service.containsKey("build") || service.containsKey("user"));
          checks.put("may write everywhere", Boolean.TRUE.equals(service.get("read_only")));
          checks.put("has capabilities", List.of("ALL").equals(service.get("cap_drop")));
          checks.put(
              "may gain rights",
              List.of("no-new-privileges:true").equals(service.get("security_opt")));
          checks.put(
              "has no limits", service.keySet().containsAll(List.of("mem_limit", "pids_limit")));
          checks.put("is privileged", !service.containsKey("privileged"));
          checks.put(
              "is open to others than this machine",
              ports(service).allMatch(port -> port.startsWith("127.0.0.1:")));
          checks.forEach((complaint, isGood) -> {
            if (!isGood) {
              complaints.add(name + " " + complaint);
            }
          });
        });
    return complaints;
  }

  private static Stream<String> ports(Map<String, Object> service) {
    return service.getOrDefault("ports", List.of()) instanceof List<?> ports
        ? ports.stream().map(String::valueOf)
        : Stream.of("unknown");
  }
}
