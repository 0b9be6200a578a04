package dev.darkroom.picture;

/** What became of uploaded bytes. A reason continues "the reply …". */
public sealed interface CommitResult {
  /** The bytes are a whole picture; after a commit, the picture that the store has. */
  record Stored(StoredPicture picture) implements CommitResult {}

  /** The bytes are not a whole WebP, PNG or JPEG. */
  record NotAPicture(String reason) implements CommitResult {}

  /**
   * The bytes are a picture of a format or size that is not stored. The same call would return the
   * same.
   */
  record Unusable(String reason) implements CommitResult {}
}
