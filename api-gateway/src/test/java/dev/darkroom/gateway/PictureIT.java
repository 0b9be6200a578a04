package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PictureIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final byte[] bytes = aPicture();
  private final StoredPicture picture = store(bytes);
  private final String path = "/generated/" + picture.id() + ".png";

  @Test
  void a_picture_is_handed_out_to_be_kept_for_ever() {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.response().body()).isEqualTo(bytes);
    assertThat(reply.header("Content-Type")).isEqualTo("image/png");
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(bytes.length));
    assertThat(reply.header("ETag")).isEqualTo("\"" + picture.sha256() + "\"");
    assertThat(reply.header("Cache-Control")).isEqualTo("max-age=31536000, public, immutable");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(reply.header("Accept-Ranges")).isEqualTo("bytes");
  }

  @Test
  void head_says_the_same_without_the_bytes() {
    var reply = gateway.send(gateway.request(path).method("HEAD", BodyPublishers.noBody()));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(bytes.length));
    assertThat(reply.response().body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"%s\"", "W/\"%s\"", "\"x\", \"%s\""})
  void who_has_it_is_told_so(String ifNoneMatch) {
    var reply = gateway.get(path, "If-None-Match", ifNoneMatch.formatted(picture.sha256()));
    assertThat(reply.status()).isEqualTo(304);
    assertThat(reply.response().body()).isEmpty();
  }

  @Test
  void who_has_another_one_gets_it() {
    assertThat(gateway.get(path, "If-None-Match", "\"other\"").status()).isEqualTo(200);
  }

  @Test
  void of_a_picture_that_is_not_there_no_condition_holds_or_fails() {
    var nothing = "/generated/01984c1e-7c4e-7d3a-8f52-0d6a5a0f5c11.webp";
    assertThat(gateway.get(nothing, "If-None-Match", "*").status()).isEqualTo(404);
  }

  @Test
  void a_part_can_be_asked_for() {
    var reply = gateway.get(path, "Range", "bytes=1-4");
    assertThat(reply.status()).isEqualTo(206);
    assertThat(reply.response().body()).isEqualTo(Arrays.copyOfRange(bytes, 1, 5));
    assertThat(reply.header("Content-Range")).isEqualTo("bytes 1-4/" + bytes.length);
  }

  @Test
  void the_rest_and_the_end_can_be_asked_for() {
    var rest = gateway.get(path, "Range", "bytes=10-");
    assertThat(rest.status()).isEqualTo(206);
    assertThat(rest.header("Content-Length")).isEqualTo(String.valueOf(bytes.length - 10));
    assertThat(rest.response().body()).isEqualTo(Arrays.copyOfRange(bytes, 10, bytes.length));

    var end = gateway.get(path, "Range", "bytes=-5");
    assertThat(end.status()).isEqualTo(206);
    assertThat(end.header("ETag")).isEqualTo("\"" + picture.sha256() + "\"");
    assertThat(end.response().body())
        .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 5, bytes.length));
  }

  @Test
  void a_part_of_another_picture_is_not_mixed_into_it() {
    var same = '"' + picture.sha256() + '"';
    assertThat(gateway.get(path, "Range", "bytes=1-4", "If-Range", same).status()).isEqualTo(206);

    var whole = gateway.get(path, "Range", "bytes=1-4", "If-Range", "\"other\"");
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.response().body()).isEqualTo(bytes);
  }

  @Test
  void a_part_beyond_the_end_is_416() {
    var reply = gateway.get(path, "Range", "bytes=%d-".formatted(bytes.length));
    assertThat(reply.status()).isEqualTo(416);
    assertThat(reply.header("Content-Range")).isEqualTo("bytes */" + bytes.length);
    BadInputIT.assertIsProblem(reply);
  }

  @Test
  void a_saved_picture_with_which_no_job_has_completed_is_not_handed_out() throws IOException {
    var id = RequestId.parse(gateway.submit("not yet")).orElseThrow();
    try (var upload = gateway.bean(PictureStore.class).upload(id)) {
      upload.body().write(bytes);
      assertThat(upload.commit()).isInstanceOf(Stored.class);
    }
    assertThat(gateway.get("/generated/" + id + ".png").status()).isEqualTo(404);
    assertThat(gateway.get("/generated/" + id + ".png", "If-None-Match", "*").status())
        .isEqualTo(404);
  }

  @Test
  void who_wants_to_save_it_is_told_its_name() {
    assertThat(gateway.get(path + "?download").header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"%s.png\"".formatted(picture.id()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/generated/",
        "/generated/x",
        "/generated/..webp",
        "/generated/%2e%2e/x.webp",
        "/generated/x/y.webp",
        "/generated/01984c1e-7c4e-7d3a-8f52-0d6a5a0f5c11.webp",
        "/generated/01984c1e-7c4e-7d3a-8f52-0d6a5a0f5c11",
        "/generated/1-2-3-4-5.webp",
        "/generated/etc;passwd"
      })
  void what_is_no_picture_is_404(String nothing) {
    var reply = gateway.get(nothing);
    assertThat(reply.status()).isEqualTo(404);
    BadInputIT.assertIsProblem(reply);
  }

  @ParameterizedTest
  @ValueSource(strings = {".jpg", ".PNG", ".png.webp", ".png/", "", ".", ".json"})
  void a_picture_has_no_other_names(String extension) {
    assertThat(gateway.get("/generated/" + picture.id() + extension).status()).isEqualTo(404);
  }

  @Test
  void every_picture_is_there_as_webp_and_says_what_it_is() {
    var reply = gateway.get("/generated/" + picture.id() + ".webp");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("image/png");
    assertThat(reply.response().body()).isEqualTo(bytes);
  }

  private StoredPicture store(byte[] bytes) {
    var id = RequestId.parse(gateway.submit("a picture")).orElseThrow();
    try (var upload = gateway.bean(PictureStore.class).upload(id)) {
      upload.body().write(bytes);
      var kept = ((Stored) upload.commit()).picture();
      TestingWorker.of(gateway)
          .completeSilently(
              id.toString(),
              new PictureRecord(
                  kept.url(), kept.sha256(), kept.format().contentType(), kept.bytes()));
      return kept;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] aPicture() {
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
