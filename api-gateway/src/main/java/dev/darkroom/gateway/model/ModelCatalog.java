package dev.darkroom.gateway.model;

import dev.darkroom.gateway.model.CatalogSettings.ModelEntry;
import dev.darkroom.model.GenerationRequest;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;

/** The models that requests may name, by their names and aliases. */
@Component
public final class ModelCatalog {
  private final List<ImageModel> models;

  /** Names before aliases, each in the order of the models. */
  private final Map<String, ImageModel> byName = new LinkedHashMap<>();

  private final CatalogSettings described;

  ModelCatalog(ModelSettings settings, CatalogSettings described) {
    this.described = described;
    this.models =
        Stream.of(
                Stream.of(settings.model()),
                settings.models().stream(),
                described.models().stream().map(ModelEntry::name))
            .flatMap(Function.identity())
            .distinct()
            .map(described::describe)
            .map(model -> model.guidedBy(settings.guidanceScaleOf(model.name())))
            .toList();
    models.forEach(model -> byName.put(model.name(), model));
    models.forEach(model -> model.aliases().forEach(alias -> add(alias, model)));
  }

  private void add(String alias, ImageModel model) {
    if (byName.put(alias, model) != null) {
      throw new IllegalArgumentException(
          "darkroom.models: aliases of %s should be names that nothing else has; %s is taken"
              .formatted(model.name(), alias));
    }
  }

  /**
   * Which models jobs may use, beside those of {@code darkroom.models}.
   *
   * @param model the default; blank stands for {@code stability-ai/sdxl}
   * @param models others that requests may name
   * @param guidanceScale sent with calls of these models; others use their own default
   */
  @Validated
  @ConfigurationProperties("darkroom.nebius")
  record ModelSettings(
      @DefaultValue("") String model,
      @DefaultValue List<@NotBlank @Size(max = GenerationRequest.MAX_MODEL) String> models,
      @DefaultValue List<GuidanceScale> guidanceScale) {

    ModelSettings {
      model = model.isBlank() ? "stability-ai/sdxl" : model;
    }

    Optional<Double> guidanceScaleOf(String called) {
      return guidanceScale.stream()
          .filter(scale -> scale.model().equals(called))
          .map(GuidanceScale::scale)
          .findFirst();
    }
  }

  /** How closely a model follows its prompts; written {@code stability-ai/sdxl=7.5}. */
  record GuidanceScale(String model, double scale) {
    private static final String FORM =
        "should be a model and a number from 0 to 100, such as stability-ai/sdxl=7.5";

    GuidanceScale {
      if (model.isBlank() || !(scale >= 0 && scale <= 100)) {
        throw new IllegalArgumentException(FORM);
      }
    }

    /** Public, because Spring converts the setting's text with it. */
    public static GuidanceScale valueOf(String text) {
      int sign = text.lastIndexOf('=');
      try {
        return new GuidanceScale(
            text.substring(0, Math.max(sign, 0)).strip(),
            Double.parseDouble(text.substring(sign + 1).strip()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(FORM, e);
      }
    }
  }

  /** All that requests may name, the default first. */
  public List<ImageModel> all() {
    return models;
  }

  /** The one for requests that name none. */
  public ImageModel defaultModel() {
    return models.getFirst();
  }

  /** The model with this name or alias, exactly as written. */
  public Optional<ImageModel> find(String nameOrAlias) {
    return Optional.ofNullable(byName.get(nameOrAlias));
  }

  /** Everything that {@link #find} finds: names, then aliases. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /** The model that a request is for, also where requests may not name it any more. */
  public ImageModel modelOf(GenerationRequest request) {
    var name = request.model();
    return name == null ? defaultModel() : find(name).orElseGet(() -> described.describe(name));
  }
}
