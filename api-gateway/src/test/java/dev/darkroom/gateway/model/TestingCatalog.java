package dev.darkroom.gateway.model;

import dev.darkroom.gateway.model.CatalogSettings.ModelEntry;
import dev.darkroom.gateway.model.ModelCatalog.ModelSettings;
import java.util.List;

/** Catalogs of models that are described as they are built in. */
public final class TestingCatalog {
  private TestingCatalog() {}

  /** The default first. */
  public static ModelCatalog of(String name, String... others) {
    return new ModelCatalog(
        new ModelSettings(name, List.of(others), List.of()),
        new CatalogSettings(List.<ModelEntry>of()));
  }

  public static ImageModel model(String name) {
    return of(name).defaultModel();
  }
}
