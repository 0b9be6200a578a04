package dev.darkroom.picture;

/** What a file turned out to be. */
sealed interface Inspection {
  record Picture(PictureFormat format, int width, int height) implements Inspection {}

  /** The reason continues "the reply …". */
  record NoPicture(String reason) implements Inspection {}

  /** A picture that is not kept. The reason continues "the reply …". */
  record Unusable(String reason) implements Inspection {}
}
