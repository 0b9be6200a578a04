package dev.darkroom.gateway.model;

import dev.darkroom.gateway.model.ImageModel.NumberRange;
import dev.darkroom.gateway.model.ImageModel.PictureSize;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What the operator says of models.
 *
 * @param models that requests may name, each with what differs from the built-in description
 */
@Validated
@ConfigurationProperties("darkroom")
record CatalogSettings(@DefaultValue List<ModelEntry> models) {

  /** Describes each, so that a bad value stops the start here, where its property is known. */
  CatalogSettings {
    models.forEach(ModelEntry::describe);
  }

  /** The entry's model, or the built-in one. */
  ImageModel describe(String name) {
    return models.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .map(ModelEntry::describe)
        .orElseGet(() -> BuiltInModels.describe(name));
  }

  /**
   * A model; what is null is as in the built-in description. Its rules are {@link ImageModel}'s.
   */
  record ModelEntry(
      @DefaultValue("") String name,
      @DefaultValue List<String> aliases,
      @Nullable NumberRange steps,
      @Nullable NumberRange sides,
      @Nullable Integer multiple,
      @Nullable PictureSize defaultSize,
      @Nullable Integer longestPrompt,
      @Nullable Boolean negativePrompt,
      @Nullable Boolean loras,
      @Nullable Double guidanceScale,
      @Nullable BigDecimal price) {

    ImageModel describe() {
      var base = BuiltInModels.describe(name);
      return new ImageModel(
          name,
          aliases,
          Objects.requireNonNullElse(steps, base.steps()),
          Objects.requireNonNullElse(sides, base.sides()),
          Objects.requireNonNullElse(multiple, base.multiple()),
          Objects.requireNonNullElse(defaultSize, base.defaultSize()),
          Objects.requireNonNullElse(longestPrompt, base.longestPrompt()),
          Objects.requireNonNullElse(negativePrompt, base.negativePrompt()),
          Objects.requireNonNullElse(loras, base.loras()),
          Optional.ofNullable(guidanceScale).orElse(base.guidanceScale()),
          Optional.ofNullable(price).orElse(base.price()));
    }
  }
}
