package dev.darkroom.picture;

/** How keeping a draft ended. */
public sealed interface KeepOutcome {
  /** The request's picture is in the store: this one, or the one that was kept before it. */
  record Kept(StoredPicture picture) implements KeepOutcome {}

  /** The bytes are no whole WebP, PNG or JPEG. The reason continues "the reply …". */
  record NotAPicture(String reason) implements KeepOutcome {}

  /**
   * The bytes are a picture, of a format or a size that is not kept; the same call would bring the
   * same. The reason continues "the reply …".
   */
  record Unusable(String reason) implements KeepOutcome {}
}
