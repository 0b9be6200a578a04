package dev.darkroom.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.KeepOutcome.Kept;
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
  private static TestingStorage storage;

  @TempDir Path directory;
  private final TestingClock clock = new TestingClock(Instant.now());
  private String bucket;
  private S3PictureStore store;

  @BeforeAll
  static void startStorage() {
    storage = new TestingStorage();
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
  PictureStore store() {
    return store;
  }

  @Test
  void a_picture_is_named_by_its_request_and_its_content() throws Exception {
    StoredPicture picture = ((Kept) keep(id, Pictures.png(64, 48, 1))).picture();

    assertThat(new S3Key("generated/").of(picture))
        .isEqualTo("generated/%s/%s-%d-64x48.png".formatted(id, picture.sha256(), picture.bytes()));
    assertThat(storage.objects(bucket)).isEqualTo(1);
  }

  @Test
  void storage_that_checks_uploads_is_told_their_hash() throws Exception {
    store =
        open(
            storage.settings(
                bucket, TestingStorage.SECRET_KEY, S3Settings.Checksums.WHEN_SUPPORTED));
    byte[] bytes = Pictures.webp(64, 48, 1);

    assertThat(keep(id, bytes)).isInstanceOf(Kept.class);
    assertThat(read(id)).isEqualTo(bytes);
  }

  @Test
  void nothing_stays_on_the_local_disk() throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
    keep(id, Pictures.webp(64, 48, 2));
    keep(id, new byte[] {1, 2, 3});

    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void who_comes_later_uploads_nothing() throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
    int before = storage.uploads();

    keep(id, Pictures.webp(64, 48, 2));

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
    try (PictureDraft first = store.draft(id);
        PictureDraft second = another.draft(id)) {
      first.body().write(Pictures.webp(64, 48, 1));
      second.body().write(Pictures.webp(64, 48, 2));
      var once = new AtomicBoolean();
      storage.uploadThrough(body -> {
        if (once.compareAndSet(false, true)) {
          keepNow(second);
        }
        return body;
      });
      return ((Kept) first.keep()).picture();
    }
  }

  private static void keepNow(PictureDraft draft) {
    try {
      assertThat(draft.keep()).isInstanceOf(Kept.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StoredPicture theOther(StoredPicture told) throws Exception {
    byte[] one = Pictures.webp(64, 48, 1);
    byte[] other = told.sha256().equals(sha256(one)) ? Pictures.webp(64, 48, 2) : one;
    return new StoredPicture(id, sha256(other), other.length, PictureFormat.WEBP, 64, 48);
  }

  @Test
  void storage_that_is_down_is_noticed_before_a_picture_is_bought() throws Exception {
    storage.stop();
    try {
      assertThatThrownBy(() -> store.draft(id))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("the storage does not answer for bucket " + bucket);
      assertThatThrownBy(() -> store.find(id)).isInstanceOf(IOException.class);
      assertThat(store.trouble()).isPresent();
    } finally {
      storage.startAgain();
    }
    clock.pass(Duration.ofSeconds(3));

    await().untilAsserted(() -> assertThat(store.trouble()).isEmpty());
    assertThat(keep(id, Pictures.webp(64, 48, 1))).isInstanceOf(Kept.class);
  }

  @Test
  void storage_that_goes_down_meanwhile_fails_the_draft_and_is_proved_before_the_next()
      throws Exception {
    try (PictureDraft draft = store.draft(id)) {
      draft.body().write(Pictures.webp(64, 48, 1));
      storage.stop();
      try {
        assertThatThrownBy(draft::keep).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.draft(id)).isInstanceOf(IOException.class);
      } finally {
        storage.startAgain();
      }
    }
    clock.pass(Duration.ofSeconds(3));

    assertThat(store.find(id)).isEmpty();
    assertThat(keep(id, Pictures.webp(64, 48, 2))).isInstanceOf(Kept.class);
  }

  @Test
  void an_upload_that_arrives_in_pieces_is_no_picture() throws Exception {
    storage.uploadThrough(TestCut::firstHalf);

    assertThatThrownBy(() -> keep(id, Pictures.webp(64, 48, 1))).isInstanceOf(IOException.class);

    assertThat(store.find(id)).isEmpty();
    assertThat(storage.objects(bucket)).isZero();
  }

  @Test
  void an_object_of_another_length_than_its_name_says_is_no_picture() throws Exception {
    var picture = new StoredPicture(id, "ab".repeat(32), 1234, PictureFormat.WEBP, 64, 48);
    storage.put(bucket, new S3Key("generated/").of(picture));

    assertThat(store.find(id)).isEmpty();
    assertThat(keep(id, Pictures.webp(64, 48, 1))).isInstanceOf(Kept.class);
  }

  @Test
  void a_wrong_key_is_said_plainly_and_without_the_key() throws Exception {
    store = open(storage.settings(bucket, "wrong-secret", S3Settings.Checksums.WHEN_REQUIRED));

    assertThat(store.trouble())
        .hasValueSatisfying(reason ->
            assertThat(reason)
                .startsWith("the storage refused the key for bucket " + bucket)
                .contains(
                    "(403 SignatureDoesNotMatch)", "darkroom.picture.s3.access-key and secret-key")
                .doesNotContain("wrong-secret"));
    assertThatThrownBy(() -> store.draft(id)).hasMessageContaining("refused the key");
  }

  @Test
  void a_bucket_that_is_missing_is_said_plainly_and_used_once_it_is_there() throws Exception {
    store = open(storage.settings("missing-" + UUID.randomUUID()));

    assertThatThrownBy(() -> store.draft(id))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("there is no bucket missing-")
        .hasMessageContaining("make it, or correct darkroom.picture.s3.bucket");
  }

  @Test
  void what_others_put_into_the_bucket_is_left_alone() throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
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
    byte[] bytes = Pictures.webp(8, 8, 1);
    for (int i = 0; i < 1005; i++) {
      var request = new RequestId(new UUID(0x01981d7e_0000_7000L, i));
      storage.put(
          bucket,
          new S3Key("generated/")
              .of(new StoredPicture(request, sha256(bytes), 1, PictureFormat.WEBP, 8, 8)));
    }
    var found = new ArrayList<RequestId>();

    store.eachSavedBefore(Instant.now().plus(Duration.ofHours(1)), 100, found::addAll);

    assertThat(found).hasSize(1005).doesNotHaveDuplicates();
  }

  @Test
  void requests_younger_than_the_moment_are_not_looked_at() throws Exception {
    var young = new RequestId(new UUID(0x01ffffff_0000_7000L, 1));
    keep(young, Pictures.webp(8, 8, 1));

    store.eachSavedBefore(
        Instant.now().plus(Duration.ofHours(1)),
        10,
        batch -> {
          throw new AssertionError(batch);
        });
  }

  @Test
  void a_link_lets_anybody_fetch_the_picture_for_a_while() throws Exception {
    byte[] bytes = Pictures.png(64, 48, 1);
    StoredPicture picture = ((Kept) keep(id, bytes)).picture();

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
    return TestingStorage.open(settings, directory, clock);
  }

  /** A storage that loses the second half of what it takes. */
  private static final class TestCut {
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
