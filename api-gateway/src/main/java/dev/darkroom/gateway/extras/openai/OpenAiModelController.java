package dev.darkroom.gateway.extras.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.model.ModelCatalog;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows the models that requests may name, as OpenAI's API lists its own. */
@RestController
class OpenAiModelController {
  private final ModelCatalog catalog;

  OpenAiModelController(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * A name that a request may have as its {@code model}.
   *
   * @param created always 0: nobody says when a model was made
   * @param ownedBy the part before the slash of the name that the provider has for it
   */
  record OpenAiModel(
      String id, String object, long created, @JsonProperty("owned_by") String ownedBy) {}

  /** All of them: names, then aliases. */
  record OpenAiModelList(String object, List<OpenAiModel> data) {}

  @GetMapping("/v1/models")
  ResponseEntity<Object> list() {
    return JsonReply.of(
        HttpStatus.OK,
        new OpenAiModelList("list", catalog.names().stream().map(this::model).toList()));
  }

  /**
   * @param modelId with a slash before it
   */
  @GetMapping("/v1/models/{*modelId}")
  ResponseEntity<Object> show(@PathVariable String modelId) {
    var id = modelId.substring(1);
    return catalog.find(id).isPresent()
        ? JsonReply.of(HttpStatus.OK, model(id))
        : noSuchModel(id).answer();
  }

  private OpenAiModel model(String id) {
    var name = catalog.find(id).orElseThrow().name();
    var slash = name.indexOf('/');
    return new OpenAiModel(id, "model", 0, slash < 0 ? "provider" : name.substring(0, slash));
  }

  static Problem noSuchModel(String name) {
    return Problem.of(
            HttpStatus.NOT_FOUND,
            "The model '%s' does not exist. GET /v1/models lists those that do.".formatted(name))
        .with("code", "model_not_found")
        .with("param", "model");
  }
}
