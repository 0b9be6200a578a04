package dev.darkroom.gateway.http.server;

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
  /** The document is ours; the limit of 50 is for those of strangers. */
  private static final int MOST_ALIASES = 1_000;

  private final byte[] yaml;
  private final byte[] json;

  OpenApiController(JsonMapper mapper) throws IOException {
    yaml = new ClassPathResource("openapi.yaml").getContentAsByteArray();
    var options = new LoaderOptions();
    options.setMaxAliasesForCollections(MOST_ALIASES);
    var document = new Yaml(new SafeConstructor(options));
    json = mapper.writeValueAsBytes(document.load(new String(yaml, StandardCharsets.UTF_8)));
  }

  @GetMapping("/v3/api-docs")
  ResponseEntity<byte[]> json() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
  }

  @GetMapping("/v3/api-docs.yaml")
  ResponseEntity<byte[]> yaml() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(yaml);
  }

  @GetMapping("/swagger-ui.html")
  ResponseEntity<Void> swaggerUi() {
    return ResponseEntity.status(302).location(URI.create("/swagger-ui/index.html")).build();
  }
}
