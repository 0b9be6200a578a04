package dev.darkroom.gateway.access.required;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ListedRoutesIT {
  @Test
  void every_route_of_the_gateway_is_in_the_table_and_no_other() {
    var routes =
        RunningGateway.shared()
            .bean(RequestMappingHandlerMapping.class)
            .getHandlerMethods()
            .keySet()
            .stream()
            .flatMap(route ->
                route.getPatternValues().stream()
                    .filter(
                        path -> !path.equals("/error")) // of all methods; it replies to failures
                    .flatMap(path ->
                        route.getMethodsCondition().getMethods().stream()
                            .map(method -> method + " " + path.replace("{*", "{"))));

    assertThat(routes)
        .containsExactlyInAnyOrderElementsOf(
            RouteTable.rules().stream().map(RouteTable.RouteRule::route).toList());
  }
}
