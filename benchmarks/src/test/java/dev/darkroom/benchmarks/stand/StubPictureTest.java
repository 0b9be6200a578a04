package dev.darkroom.benchmarks.stand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StubPictureTest {
  @Test
  void the_picture_has_its_size_in_base64_and_can_be_read() throws IOException {
    var picture = StubPicture.draw(StubPicture.BYTES);
    assertThat(Base64.getEncoder().encodeToString(picture)).hasSize(60_000);
    assertThat(ImageIO.read(new ByteArrayInputStream(picture))).isNotNull();
  }
}
