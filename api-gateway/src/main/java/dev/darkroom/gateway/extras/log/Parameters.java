package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.http.BadField;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of a question, and which of them are bad. An empty parameter is absent; of a
 * repeated one the first counts.
 */
final class Parameters {
  private final HttpServletRequest request;
  private final List<BadField> bad = new ArrayList<>();

  Parameters(HttpServletRequest request) {
    this.request = request;
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(request.getParameter(name)).filter(value -> !value.isBlank());
  }

  void refuse(String name, String rule) {
    bad.add(new BadField(name, rule));
  }

  List<BadField> bad() {
    return List.copyOf(bad);
  }
}
