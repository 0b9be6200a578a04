package dev.darkroom.picture.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.PictureStoreContract;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.SamplePictures;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.picture.TestingClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3PictureStoreTest extends PictureStoreContract {
  @SuppressWarnings("NullAway.Init")
  private static TestingS3Storage storage;

  @TempDir Path directory;
  private final TestingClock clock = new TestingClock(Instant.now());
  private String bucket;
  private S3PictureStore store;

  @BeforeAll
  static void startStorage() {
    storage = new TestingS3Storage();
  }

  @AfterAll
  static void stopStorage() {
    storage.close();
  }

  @BeforeEach
  void openStore() throws IOException {
    bucket = storage.freshBucket();
    store = open(storage.settings(bucket));
  }

  @AfterEach
  void letUploadsThrough() {
    storage.uploadThrough(UnaryOperator.identity());
  }

  @Override
  protected PictureStore store() {
    return store;
  }

  @Test
  void a_picture_is_named_by_its_request_and_its_content() throws Exception {
    StoredPicture picture = ((Stored) save(id, SamplePictures.png(64, 48, 1))).picture();

    assertThat(new S3ObjectKey("generated/").of(picture))
        .isEqualTo("generated/%s/%s-%d-64x48.png".formatted(id, picture.sha256(), picture.bytes()));
    assertThat(storage.objects(bucket)).isEqualTo(1);
  }

  @Test
  void storage_that_checks_uploads_is_told_their_hash() throws Exception {
    store =
        open(
            storage.settings(
                bucket, TestingS3Storage.SECRET_KEY, S3Settings.Checksums.WHEN_SUPPORTED));
    byte[] bytes = SamplePictures.webp(64, 48, 1);

    assertThat(save(id, bytes)).isInstanceOf(Stored.class);
    assertThat(read(id)).isEqualTo(bytes);
  }

  @Test
  void nothing_stays_on_the_local_disk() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    save(id, SamplePictures.webp(64, 48, 2));
    save(id, new byte[] {1, 2, 3});

    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void who_comes_later_uploads_nothing() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    int before = storage.uploads();

    save(id, SamplePictures.webp(64, 48, 2));

    assertThat(storage.uploads()).isEqualTo(before);
  }

  @Test
  void of_attempts_that_keep_in_the_same_moment_the_one_the_ledger_chose_stays() throws Exception {
    StoredPicture late = keepWhileAnotherKeeps();
    StoredPicture other = theOther(late);

    assertThat(store.find(id, () -> Optional.of(other.sha256()))).contains(other);

    assertThat(storage.objects(bucket)).isEqualTo(1);
    assertThat(store.find(id)).contains(other);
  }

  @Test
  void as_long_as_none_is_chosen_no_picture_of_the_same_moment_is_removed() throws Exception {
    StoredPicture late = keepWhileAnotherKeeps();

    assertThat(store.find(id, () -> Optional.of("0".repeat(64)))).isPresent();
    assertThat(store.find(id)).isPresent();

    assertThat(storage.objects(bucket)).isEqualTo(2);
    store.settle(id, late.sha256());
    assertThat(storage.objects(bucket)).isEqualTo(1);
    assertThat(store.find(id)).contains(late);
  }

  /** Another worker's upload begins and ends after this one has found nothing to be there. */
  private StoredPicture keepWhileAnotherKeeps() throws Exception {
    S3PictureStore another = open(storage.settings(bucket));
    try (PictureUpload first = store.upload(id);
        PictureUpload second = another.upload(id)) {
      first.body().write(SamplePictures.webp(64, 48, 1));
      second.body().write(SamplePictures.webp(64, 48, 2));
      var once = new AtomicBoolean();
      storage.uploadThrough(body -> {
        if (once.compareAndSet(false, true)) {
          keepNow(second);
        }
        return body;
      });
      return ((Stored) first.commit()).picture();
    }
  }

  private static void keepNow(PictureUpload upload) {
    try {
      assertThat(upload.commit()).isInstanceOf(Stored.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StoredPicture theOther(StoredPicture told) throws Exception {
    byte[] one = SamplePictures.webp(64, 48, 1);
    byte[] other = told.sha256().equals(sha256(one)) ? SamplePictures.webp(64, 48, 2) : one;
    return new StoredPicture(id, sha256(other), other.length, PictureFormat.WEBP, 64, 48);
  }

  @Test
  void storage_that_is_down_is_noticed_before_a_picture_is_bought() throws Exception {
    storage.stop();
    try {
      assertThatThrownBy(() -> store.upload(id))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("no answer from bucket " + bucket);
      assertThatThrownBy(() -> store.find(id)).isInstanceOf(IOException.class);
      assertThat(store.trouble()).isPresent();
    } finally {
      storage.startAgain();
    }
    clock.pass(Duration.ofSeconds(3));

    await().untilAsserted(() -> assertThat(store.trouble()).isEmpty());
    assertThat(save(id, SamplePictures.webp(64, 48, 1))).isInstanceOf(Stored.class);
  }

  @Test
  void storage_that_goes_down_meanwhile_fails_the_draft_and_is_proved_before_the_next()
      throws Exception {
    try (PictureUpload upload = store.upload(id)) {
      upload.body().write(SamplePictures.webp(64, 48, 1));
      storage.stop();
      try {
        assertThatThrownBy(upload::commit).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.upload(id)).isInstanceOf(IOException.class);
      } finally {
        storage.startAgain();
      }
    }
    clock.pass(Duration.ofSeconds(3));

    assertThat(store.find(id)).isEmpty();
    assertThat(save(id, SamplePictures.webp(64, 48, 2))).isInstanceOf(Stored.class);
  }

  @Test
  void an_upload_that_arrives_in_pieces_is_no_picture() throws Exception {
    storage.uploadThrough(TruncatingUpload::firstHalf);

    assertThatThrownBy(() -> save(id, SamplePictures.webp(64, 48, 1)))
        .isInstanceOf(IOException.class);

    assertThat(store.find(id)).isEmpty();
    assertThat(storage.objects(bucket)).isZero();
  }

  @Test
  void an_object_of_another_length_than_its_name_says_is_no_picture() throws Exception {
    var picture = new StoredPicture(id, "ab".repeat(32), 1234, PictureFormat.WEBP, 64, 48);
    storage.put(bucket, new S3ObjectKey("generated/").of(picture));

    assertThat(store.find(id)).isEmpty();
    assertThat(save(id, SamplePictures.webp(64, 48, 1))).isInstanceOf(Stored.class);
  }

  @Test
  void a_wrong_key_is_said_plainly_and_without_the_key() throws Exception {
    store = open(storage.settings(bucket, "wrong-secret", S3Settings.Checksums.WHEN_REQUIRED));

    assertThat(store.trouble())
        .hasValueSatisfying(reason ->
            assertThat(reason)
                .startsWith("access denied to bucket " + bucket)
                .contains(
                    "(403 SignatureDoesNotMatch)", "darkroom.picture.s3.access-key and secret-key")
                .doesNotContain("wrong-secret"));
    assertThatThrownBy(() -> store.upload(id)).hasMessageContaining("access denied");
  }

  @Test
  void a_bucket_that_is_missing_is_said_plainly_and_used_once_it_is_there() throws Exception {
    store = open(storage.settings("missing-" + UUID.randomUUID()));

    assertThatThrownBy(() -> store.upload(id))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("bucket missing-")
        .hasMessageContaining("does not exist")
        .hasMessageContaining("create it, or correct darkroom.picture.s3.bucket");
  }

  @Test
  void what_others_put_into_the_bucket_is_left_alone() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    storage.put(bucket, "generated/notes.txt");
    storage.put(bucket, "generated/%s/thumbnail.webp".formatted(UUID.randomUUID()));
    storage.put(bucket, "elsewhere/%s".formatted(UUID.randomUUID()));

    store.eachSavedBefore(
        Instant.now().plus(Duration.ofHours(1)),
        10,
        batch -> {
          assertThat(batch).containsExactly(id);
          return true;
        });
  }

  @Test
  void more_pictures_than_a_list_holds_are_all_found() throws Exception {
    byte[] bytes = SamplePictures.webp(8, 8, 1);
    for (int i = 0; i < 1005; i++) {
      var request = new RequestId(new UUID(0x01981d7e_0000_7000L, i));
      storage.put(
          bucket,
          new S3ObjectKey("generated/")
              .of(new StoredPicture(request, sha256(bytes), 1, PictureFormat.WEBP, 8, 8)));
    }
    var found = new ArrayList<RequestId>();

    store.eachSavedBefore(Instant.now().plus(Duration.ofHours(1)), 100, found::addAll);

    assertThat(found).hasSize(1005).doesNotHaveDuplicates();
  }

  @Test
  void requests_younger_than_the_moment_are_not_looked_at() throws Exception {
    var young = new RequestId(new UUID(0x01ffffff_0000_7000L, 1));
    save(young, SamplePictures.webp(8, 8, 1));

    store.eachSavedBefore(
        Instant.now().plus(Duration.ofHours(1)),
        10,
        batch -> {
          throw new AssertionError(batch);
        });
  }

  @Test
  void a_link_lets_anybody_fetch_the_picture_for_a_while() throws Exception {
    byte[] bytes = SamplePictures.png(64, 48, 1);
    StoredPicture picture = ((Stored) save(id, bytes)).picture();

    URI link = store.link(picture, Duration.ofMinutes(5), "inline; filename=\"a.png\"");

    assertThat(link).hasParameter("X-Amz-Expires", "300");
    assertThat(link.toString()).startsWith(store.origin() + "/" + bucket + "/generated/");
    try (var browser = HttpClient.newHttpClient()) {
      var answer = browser.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(bytes);
      assertThat(answer.headers().firstValue("Content-Type")).contains("image/png");
      assertThat(answer.headers().firstValue("Content-Disposition"))
          .contains("inline; filename=\"a.png\"");
    }
  }

  private S3PictureStore open(S3Settings settings) throws IOException {
    return TestingS3Storage.open(settings, directory, clock);
  }

  /** A storage that loses the second half of what it takes. */
  private static final class TruncatingUpload {
    static InputStream firstHalf(InputStream body) {
      try {
        byte[] bytes = body.readAllBytes();
        return new ByteArrayInputStream(bytes, 0, bytes.length / 2);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
