package dev.darkroom.simulator.drawing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What a picture is drawn from; equal sketches give equal bytes.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
public record Sketch(
    String prompt, String negativePrompt, long seed, int steps, int width, int height) {
  public Sketch {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "a picture of %d×%d cannot be drawn".formatted(width, height));
    }
  }

  /** The size is left out: a larger print of the same sketch shows the same place. */
  RandomGenerator dice() {
    var text = "%d\n%d\n%d\n%s\n%s".formatted(seed, steps, prompt.length(), prompt, negativePrompt);
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      // The algorithm of SplittableRandom is part of its specification; that of
      // RandomGenerator.getDefault() is not.
      return new SplittableRandom(ByteBuffer.wrap(hash).getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
