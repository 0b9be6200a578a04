package dev.darkroom.messaging;

import org.jspecify.annotations.Nullable;

/**
 * Where others find the gateway, for links to whoever has not asked it: a path means nothing to
 * them.
 *
 * @param base without a slash at its end; empty where no operator has set it
 */
public record PublicUrl(String base) {
  public PublicUrl {
    base = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  public boolean isKnown() {
    return !base.isEmpty();
  }

  /** The URL of a path at the gateway; the path where none is known. */
  @Nullable String of(@Nullable String path) {
    return path != null && path.startsWith("/") ? base + path : path;
  }
}
