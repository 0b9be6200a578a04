package dev.darkroom.gateway.model;

import dev.darkroom.gateway.http.JsonReply;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the models that requests may name, with their rules. */
@RestController
class ModelController {
  private final ModelCatalog catalog;

  ModelController(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  /** The default first. */
  record ModelList(List<ImageModel> models) {}

  @GetMapping("/api/models")
  ResponseEntity<Object> models() {
    return JsonReply.of(HttpStatus.OK, new ModelList(catalog.all()));
  }
}
