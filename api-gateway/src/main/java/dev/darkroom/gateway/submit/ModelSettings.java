package dev.darkroom.gateway.submit;

import dev.darkroom.model.GenerationRequest;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which model draws.
 *
 * @param model said of jobs that name none and were not called for yet; afterwards the log knows
 *     which one it was
 * @param models that requests may name besides
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record ModelSettings(
    @DefaultValue("stability-ai/sdxl") @NotBlank String model,
    @DefaultValue List<@NotBlank @Size(max = GenerationRequest.MAX_MODEL) String> models) {

  /** Those that a request may name, the one that is set first. */
  Set<String> allowed() {
    var allowed = new LinkedHashSet<String>();
    allowed.add(model);
    allowed.addAll(models);
    return allowed;
  }
}
