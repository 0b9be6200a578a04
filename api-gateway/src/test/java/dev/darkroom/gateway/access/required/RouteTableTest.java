package dev.darkroom.gateway.access.required;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.access.required.RouteTable.RouteRule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RouteTableTest {
  private final RouteAuthorization authorization =
      new RouteAuthorization(
          new AccessRefusals(new HandlerExceptionResolverComposite(), new SimpleMeterRegistry()));

  @Test
  void every_route_of_the_description_needs_what_it_says_there() throws IOException {
    var described = new TreeMap<String, String>();
    var options = new LoaderOptions();
    options.setMaxAliasesForCollections(1_000);
    try (var yaml = new ClassPathResource("openapi.yaml").getInputStream()) {
      JsonNode document = JsonMapper.shared().valueToTree(new Yaml(options).load(yaml));
      for (var path : document.get("paths").properties()) {
        for (var operation : path.getValue().properties()) {
          described.put(
              operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
              operation.getValue().at("/security/0/bearer/0").asString("nobody is asked"));
        }
      }
    }
    var table = new TreeMap<String, String>();
    for (var rule : RouteTable.rules()) {
      table.put(
          rule.route(),
          Optional.ofNullable(rule.scope()).map(Scope::word).orElse("nobody is asked"));
    }

    assertThat(table).containsAllEntriesOf(described);
    table.keySet().removeAll(described.keySet());
    assertThat(table)
        .as("routes of pages")
        .allSatisfy((route, scope) -> assertThat(scope).as(route).isEqualTo("nobody is asked"));
  }

  @Test
  void no_route_is_listed_twice() {
    assertThat(RouteTable.rules().stream().map(RouteRule::route)).doesNotHaveDuplicates();
  }

  @Test
  void a_route_that_somebody_forgot_to_list_is_served_to_nobody() {
    assertThatThrownBy(() -> reach("GET", "/api/forgotten", Caller.ANYBODY))
        .isInstanceOf(AccessRefusedException.class);
    assertThatThrownBy(() -> reach("GET", "/forgotten", Caller.ANYBODY))
        .isInstanceOf(AccessRefusedException.class);
    assertThatThrownBy(() -> reach("PUT", "/api/generate", Caller.ANYBODY))
        .isInstanceOf(AccessRefusedException.class);
  }

  @Test
  void a_request_that_came_past_the_filter_is_refused() {
    assertThat(reach("GET", "/api/logs", Caller.ANYBODY)).isTrue();
    assertThat(reach("HEAD", "/api/logs", Caller.ANYBODY)).isTrue();
    assertThat(reach("GET", "/v3/api-docs", null)).isTrue();
    assertThatThrownBy(() -> reach("GET", "/api/logs", null))
        .isInstanceOf(AccessRefusedException.class);
    assertThatThrownBy(() -> Caller.of(new MockHttpServletRequest()))
        .isInstanceOf(NullPointerException.class);
  }

  private boolean reach(String method, String pattern, @Nullable Caller caller) {
    var request = new MockHttpServletRequest(method, pattern);
    request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, pattern);
    if (caller != null) {
      caller.isOf(request);
    }
    try {
      var handler = new HandlerMethod(Map.of(), Map.class.getMethod("clear"));
      return authorization.preHandle(request, new MockHttpServletResponse(), handler);
    } catch (NoSuchMethodException e) {
      throw new LinkageError("a map can be cleared", e);
    }
  }
}
