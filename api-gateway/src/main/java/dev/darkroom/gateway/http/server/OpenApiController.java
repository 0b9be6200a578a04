package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.ForwardedPrefix;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/** Serves {@code openapi.yaml} as it is, and as JSON, which generators and Swagger UI read. */
@RestController
class OpenApiController {
  private static final String SERVER = "  - url: /\n";

  private final String yaml;
  private final JsonMapper mapper;
  private final byte[] json;

  OpenApiController(JsonMapper mapper) throws IOException {
    this.yaml = new ClassPathResource("openapi.yaml").getContentAsString(StandardCharsets.UTF_8);
    this.mapper = mapper;
    this.json = asJson(yaml);
  }

  @GetMapping("/v3/api-docs")
  ResponseEntity<byte[]> json(HttpServletRequest request) {
    var prefix = ForwardedPrefix.of(request);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(prefix.isEmpty() ? json : asJson(below(prefix)));
  }

  @GetMapping("/v3/api-docs.yaml")
  ResponseEntity<byte[]> yaml(HttpServletRequest request) {
    var prefix = ForwardedPrefix.of(request);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_YAML)
        .body((prefix.isEmpty() ? yaml : below(prefix)).getBytes(StandardCharsets.UTF_8));
  }

  @GetMapping("/swagger-ui.html")
  ResponseEntity<Void> swaggerUi(HttpServletRequest request) {
    var page = URI.create(ForwardedPrefix.of(request) + "/swagger-ui/index.html");
    return ResponseEntity.status(302).location(page).build();
  }

  /** With the server that the routes are at. A prefix needs no escaping in YAML. */
  private String below(String prefix) {
    return yaml.replace(SERVER, "  - url: %s\n".formatted(prefix));
  }

  private byte[] asJson(String document) {
    var options = new LoaderOptions();
    options.setMaxAliasesForCollections(Integer.MAX_VALUE); // the document is ours
    return mapper.writeValueAsBytes(new Yaml(new SafeConstructor(options)).<Object>load(document));
  }
}
