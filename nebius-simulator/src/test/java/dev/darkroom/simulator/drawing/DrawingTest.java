package dev.darkroom.simulator.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DrawingTest {
  private static final Sketch FOX = new Sketch("a fox in the snow", "", 7, 30, 256, 192);

  @ParameterizedTest
  @EnumSource
  void every_format_decodes_at_the_size_asked_for(OutputFormat format) throws IOException {
    byte[] file = format.encode(Drawing.of(FOX));

    assertThat(formatOf(file)).isEqualTo(format);
    var picture = ImageIO.read(new ByteArrayInputStream(file));
    assertThat(picture.getWidth()).isEqualTo(256);
    assertThat(picture.getHeight()).isEqualTo(192);
    assertThat(colours(picture)).isGreaterThan(100);
  }

  @ParameterizedTest
  @EnumSource
  void equal_sketches_give_equal_bytes(OutputFormat format) {
    var again = new Sketch("a fox in the snow", "", 7, 30, 256, 192);

    assertThat(format.encode(Drawing.of(again))).isEqualTo(format.encode(Drawing.of(FOX)));
  }

  /**
   * Pinned: a change of the drawing is welcome, but it should be noticed that every picture changes
   * with it.
   */
  @Test
  void the_drawing_does_not_depend_on_the_machine() throws Exception {
    // Of the pixels: how a PNG is packed depends on the JDK's zlib.
    var pixels = ByteBuffer.allocate(256 * 192 * Integer.BYTES);
    pixels.asIntBuffer().put(pixels(Drawing.of(FOX), 0, 192));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(pixels.array());

    assertThat(HexFormat.of().formatHex(hash, 0, 8)).isEqualTo("86109999af579ab0");
  }

  @ParameterizedTest
  @CsvSource({
    "a fox in the sun,  '',   7, 30",
    "a fox in the snow, dogs, 7, 30",
    "a fox in the snow, '',   8, 30",
    "a fox in the snow, '',   7, 31"
  })
  void another_prompt_negative_prompt_seed_or_number_of_steps_is_another_landscape(
      String prompt, String negativePrompt, long seed, int steps) {
    var other = Drawing.of(new Sketch(prompt, negativePrompt, seed, steps, 256, 192));

    // The upper third has no letters, so it is the landscape that differs.
    assertThat(upperThird(other)).isNotEqualTo(upperThird(Drawing.of(FOX)));
  }

  @Test
  void the_prompt_is_written_in_the_lower_part() {
    var blank = Drawing.of(new Sketch(" ", "", 7, 30, 256, 192));

    assertThat(brightPixels(Drawing.of(FOX), 128, 192))
        .isGreaterThan(brightPixels(blank, 128, 192) + 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "北京 🦊", "\t\n", "\u0000", "Donaudampfschifffahrtsgesellschaft"})
  void any_prompt_can_be_drawn_on_the_smallest_picture(String prompt) {
    var picture = Drawing.of(new Sketch(prompt, "", 1, 1, 64, 64));

    assertThat(colours(picture)).isGreaterThan(50);
  }

  @Test
  void a_prompt_of_2000_characters_is_cut_with_an_ellipsis() {
    var letters = Lettering.shared();
    var wrapped = Wrapped.fit("word ".repeat(400), 200, 60, 30, 10, letters);

    assertThat(wrapped.size()).isEqualTo(10);
    assertThat(wrapped.lines()).hasSize((int) (60 / (10 * Wrapped.LEADING)));
    assertThat(wrapped.lines().getLast()).endsWith("…");
    assertThat(wrapped.lines())
        .allSatisfy(line -> assertThat(letters.width(line, 10)).isLessThanOrEqualTo(200));
  }

  @Test
  void a_prompt_that_fits_keeps_all_its_words() {
    var wrapped = Wrapped.fit("a fox  in the\nsnow", 100, 60, 30, 8, Lettering.shared());

    assertThat(String.join(" ", wrapped.lines())).isEqualTo("a fox in the snow");
    assertThat(wrapped.size()).isGreaterThan(8);
  }

  private static OutputFormat formatOf(byte[] file) {
    return switch (file[0]) {
      case 'R' -> OutputFormat.WEBP;
      case (byte) 0x89 -> OutputFormat.PNG;
      case (byte) 0xff -> OutputFormat.JPG;
      default -> throw new AssertionError("an unknown format");
    };
  }

  private static long colours(BufferedImage picture) {
    return Arrays.stream(pixels(picture, 0, picture.getHeight())).distinct().count();
  }

  private static int[] upperThird(BufferedImage picture) {
    return pixels(picture, 0, picture.getHeight() / 3);
  }

  private static long brightPixels(BufferedImage picture, int from, int to) {
    return Arrays.stream(pixels(picture, from, to))
        .filter(pixel -> (pixel & 0xc0c0c0) == 0xc0c0c0)
        .count();
  }

  private static int[] pixels(BufferedImage picture, int from, int to) {
    int width = picture.getWidth();
    return picture.getRGB(0, from, width, to - from, null, 0, width);
  }
}
