package dev.darkroom.system.browser;

import com.microsoft.playwright.options.ColorScheme;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a page is looked at. */
public enum DisplayMode {
  DESKTOP_LIGHT(1280, 800, ColorScheme.LIGHT),
  PHONE_LIGHT(360, 740, ColorScheme.LIGHT),
  DESKTOP_DARK(1280, 800, ColorScheme.DARK),
  PHONE_DARK(360, 740, ColorScheme.DARK);

  final int width;
  final int height;
  final ColorScheme scheme;

  DisplayMode(int width, int height, ColorScheme scheme) {
    this.width = width;
    this.height = height;
    this.scheme = scheme;
  }

  public static List<DisplayMode> all() {
    return Arrays.asList(values());
  }

  public boolean isDesktop() {
    return width > 1_000;
  }

  /** As names of files have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
