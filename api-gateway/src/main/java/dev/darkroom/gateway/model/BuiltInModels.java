package dev.darkroom.gateway.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** Describes the models that Nebius documents, from {@code image-models.yml}. */
final class BuiltInModels {
  /** The first one; also describes models of which nothing is known but their name. */
  private static final List<ImageModel> ALL = read();

  private BuiltInModels() {}

  static List<ImageModel> all() {
    return ALL;
  }

  static ImageModel describe(String name) {
    return ALL.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseGet(() -> ALL.getFirst().named(name));
  }

  private static List<ImageModel> read() {
    try {
      var sources =
          new YamlPropertySourceLoader()
              .load("built-in models", new ClassPathResource("image-models.yml"));
      return new Binder(ConfigurationPropertySources.from(sources))
          .bind("models", Bindable.listOf(ImageModel.class))
          .get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
