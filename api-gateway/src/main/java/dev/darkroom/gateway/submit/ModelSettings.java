package dev.darkroom.gateway.submit;

import dev.darkroom.model.GenerationRequest;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which models jobs may use.
 *
 * @param model the default, shown for jobs without a call; afterwards the log has the model
 * @param models others that requests may name
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record ModelSettings(
    @DefaultValue("stability-ai/sdxl") @NotBlank String model,
    @DefaultValue List<@NotBlank @Size(max = GenerationRequest.MAX_MODEL) String> models) {

  /** The default first. */
  List<String> allowed() {
    return Stream.concat(Stream.of(model), models.stream()).distinct().toList();
  }
}
