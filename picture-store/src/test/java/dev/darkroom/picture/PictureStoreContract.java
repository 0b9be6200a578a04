package dev.darkroom.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult.NotAPicture;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.CommitResult.Unusable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every picture store promises. */
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class PictureStoreContract {
  public static final int MAX_BYTES = 100_000;
  private final Instant inAnHour = Instant.now().plus(Duration.ofHours(1));
  private final Instant anHourAgo = Instant.now().minus(Duration.ofHours(1));

  protected final RequestId id = new RequestId(UUID.randomUUID());

  /** A store that is empty when a test begins, and keeps pictures up to {@link #MAX_BYTES}. */
  protected abstract PictureStore store();

  static Stream<Arguments> formats() {
    return Stream.of(
        Arguments.of(PictureFormat.WEBP, SamplePictures.webp(64, 48, 1)),
        Arguments.of(PictureFormat.PNG, SamplePictures.png(64, 48, 1)),
        Arguments.of(PictureFormat.JPEG, SamplePictures.jpeg(64, 48, 1)));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void what_is_kept_is_read_back_and_described(PictureFormat format, byte[] bytes)
      throws Exception {
    CommitResult outcome = save(id, bytes);

    var expected = new StoredPicture(id, sha256(bytes), bytes.length, format, 64, 48);
    assertThat(outcome).isEqualTo(new Stored(expected));
    assertThat(store().find(id)).contains(expected);
    assertThat(read(id)).isEqualTo(bytes);
  }

  @Test
  void a_request_without_a_picture_has_none() throws Exception {
    assertThat(store().find(id)).isEmpty();
    assertThat(store().delete(id)).isFalse();
  }

  @Test
  void the_first_picture_stays_and_the_second_is_told_so_even_in_another_format() throws Exception {
    byte[] first = SamplePictures.webp(64, 48, 1);
    CommitResult kept = save(id, first);

    assertThat(save(id, SamplePictures.webp(32, 32, 2))).isEqualTo(kept);
    assertThat(save(id, SamplePictures.png(16, 16, 3))).isEqualTo(kept);
    assertThat(read(id)).isEqualTo(first);
  }

  @Test
  void many_who_keep_the_same_request_at_once_can_all_be_read_until_one_is_settled_on()
      throws Exception {
    List<StoredPicture> told = keepAtOnce(16);

    for (StoredPicture picture : told) {
      assertThat(sha256(read(picture, ByteRange.all(picture)))).isEqualTo(picture.sha256());
    }
    assertThat(told).contains(store().find(id).orElseThrow());

    StoredPicture chosen = told.getLast();
    store().settle(id, chosen.sha256());
    assertThat(store().find(id)).contains(chosen);
    assertThat(sha256(read(id))).isEqualTo(chosen.sha256());
    assertThat(save(id, SamplePictures.webp(8, 8, 99))).isEqualTo(new Stored(chosen));
  }

  /** What each of the attempts is told. */
  protected List<StoredPicture> keepAtOnce(int threads) throws Exception {
    var together = new CyclicBarrier(threads);
    var told = new ArrayList<StoredPicture>();
    try (var executor = Executors.newFixedThreadPool(threads)) {
      var futures = new ArrayList<Future<CommitResult>>();
      for (int i = 0; i < threads; i++) {
        byte[] own = SamplePictures.webp(16 + i, 16, i);
        futures.add(
            executor.submit(() -> {
              try (PictureUpload upload = store().upload(id)) {
                upload.body().write(own);
                together.await();
                return upload.commit();
              }
            }));
      }
      for (Future<CommitResult> future : futures) {
        told.add(((Stored) future.get()).picture());
      }
    }
    return told;
  }

  static Stream<ByteRange> parts() {
    return Stream.of(
        new ByteRange(0, 1), new ByteRange(0, 10), new ByteRange(7, 5), new ByteRange(1, 99));
  }

  @ParameterizedTest
  @MethodSource("parts")
  void a_part_of_a_picture_can_be_read(ByteRange range) throws Exception {
    byte[] bytes = SamplePictures.webp(64, 48, 1);
    StoredPicture picture = ((Stored) save(id, bytes)).picture();

    int from = (int) range.from();
    assertThat(read(picture, range))
        .isEqualTo(Arrays.copyOfRange(bytes, from, from + (int) range.length()));
  }

  @Test
  void the_last_byte_can_be_read_alone() throws Exception {
    byte[] bytes = SamplePictures.png(64, 48, 1);
    StoredPicture picture = ((Stored) save(id, bytes)).picture();

    assertThat(read(picture, new ByteRange(bytes.length - 1, 1)))
        .containsExactly(bytes[bytes.length - 1]);
  }

  @Test
  void a_picture_that_was_deleted_after_it_was_found_can_not_be_opened() throws Exception {
    StoredPicture picture = ((Stored) save(id, SamplePictures.webp(64, 48, 1))).picture();
    store().delete(id);

    assertThat(store().open(picture, ByteRange.all(picture))).isEmpty();
  }

  @Test
  void pictures_saved_before_a_moment_are_handed_out_in_batches() throws Exception {
    var requests = new ArrayList<RequestId>();
    for (int i = 0; i < 7; i++) {
      // all of one hour, which is long past
      requests.add(new RequestId(new UUID(0x01981d7e_0000_7000L + ((long) i << 16), i)));
      save(requests.getLast(), SamplePictures.webp(8, 8, i));
    }
    var batches = new ArrayList<List<RequestId>>();

    store().eachSavedBefore(inAnHour, 3, batches::add);

    assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(3));
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(requests);
  }

  @Test
  void whoever_has_enough_is_handed_nothing_more() throws Exception {
    for (int i = 0; i < 3; i++) {
      save(new RequestId(new UUID(0x01981d7e_0000_7000L + i, i)), SamplePictures.webp(8, 8, i));
    }
    var batches = new ArrayList<List<RequestId>>();

    store()
        .eachSavedBefore(
            inAnHour,
            1,
            batch -> {
              batches.add(batch);
              return batches.size() < 2;
            });

    assertThat(batches).hasSize(2);
  }

  @Test
  void a_picture_saved_since_then_is_not_handed_out_however_old_its_request() throws Exception {
    var old = new RequestId(new UUID(0x01981d7e_0000_7000L, 1));
    save(old, SamplePictures.webp(8, 8, 1));
    var found = new ArrayList<RequestId>();

    store().eachSavedBefore(anHourAgo, 10, found::addAll);

    assertThat(found).isEmpty();
  }

  @Test
  void pictures_may_be_deleted_while_they_are_handed_out() throws Exception {
    for (int i = 0; i < 5; i++) {
      save(new RequestId(new UUID(0x01981d7e_0000_7000L + i, i)), SamplePictures.webp(8, 8, i));
    }

    store().eachSavedBefore(inAnHour, 2, this::deleteAll);

    var left = new ArrayList<RequestId>();
    store().eachSavedBefore(inAnHour, 2, left::addAll);
    assertThat(left).isEmpty();
  }

  private boolean deleteAll(List<RequestId> batch) {
    try {
      for (RequestId request : batch) {
        assertThat(store().delete(request)).isTrue();
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_store_that_works_has_no_trouble() {
    assertThat(store().trouble()).isEmpty();
  }

  @Test
  void a_draft_is_unseen_until_it_is_kept_and_gone_if_it_is_not() throws Exception {
    try (PictureUpload upload = store().upload(id)) {
      upload.body().write(SamplePictures.webp(64, 48, 1));
      upload.body().flush();
      assertThat(store().find(id)).isEmpty();
    }
    assertThat(store().find(id)).isEmpty();
  }

  @Test
  void a_picture_may_be_written_byte_by_byte() throws Exception {
    byte[] bytes = SamplePictures.png(8, 8, 1);
    try (PictureUpload upload = store().upload(id)) {
      for (byte b : bytes) {
        upload.body().write(b);
      }
      upload.body().close();
      assertThat(upload.commit()).isInstanceOf(Stored.class);
    }
    assertThat(read(id)).isEqualTo(bytes);
  }

  @Test
  void a_picture_past_the_limit_is_stopped_while_it_is_written_and_not_kept() throws Exception {
    try (PictureUpload upload = store().upload(id)) {
      upload.body().write(new byte[MAX_BYTES]);
      assertThatThrownBy(() -> upload.body().write(0))
          .isInstanceOf(PictureTooLarge.class)
          .hasMessage("the picture is larger than 100000 bytes");
      assertThat(upload.commit()).isEqualTo(new NotAPicture("is too large"));
    }
    assertThat(store().find(id)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_picture_that_breaks_off_is_not_kept(PictureFormat format, byte[] bytes) throws Exception {
    for (int length : new int[] {bytes.length - 1, bytes.length / 2, 20}) {
      assertThat(save(id, Arrays.copyOf(bytes, length)))
          .isEqualTo(new NotAPicture("is a %s that breaks off".formatted(format)));
    }
    assertThat(store().find(id)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void what_stands_behind_a_picture_s_end_is_kept_with_it(PictureFormat format, byte[] bytes)
      throws Exception {
    byte[] more = Arrays.copyOf(bytes, bytes.length + 700);

    assertThat(save(id, more)).isInstanceOf(Stored.class);
    assertThat(read(id)).isEqualTo(more);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_picture_with_a_broken_header_is_not_kept(PictureFormat format, byte[] bytes)
      throws Exception {
    byte[] broken = bytes.clone();
    Arrays.fill(broken, 12, bytes.length - 12, (byte) 0x5a);

    assertThat(save(id, broken))
        .isEqualTo(new NotAPicture("is a %s with a broken header".formatted(format)));
    assertThat(store().find(id)).isEmpty();
  }

  @Test
  void a_picture_that_would_come_the_same_way_again_is_told_apart() throws Exception {
    byte[] vast = SamplePictures.png(8, 8, 1);
    ByteBuffer.wrap(vast).putInt(16, 60_000).putInt(20, 60_000);

    assertThat(save(id, "<?xml version='1.0'?><svg/>".getBytes(UTF_8)))
        .isEqualTo(new Unusable("is an SVG; only WebP, PNG and JPEG are supported"));
    assertThat(save(id, vast))
        .isEqualTo(new Unusable("is a PNG of 60000 x 60000 pixels, which is too large"));
    assertThat(store().find(id)).isEmpty();
  }

  static Stream<byte[]> what_else_a_proxy_may_answer() {
    return Stream.of(
        new byte[0],
        "RIFF".getBytes(UTF_8),
        "{\"detail\": \"busy\"}".getBytes(UTF_8),
        "<html><body>502 Bad Gateway</body></html>".getBytes(UTF_8),
        "GIF89a".getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("what_else_a_proxy_may_answer")
  void bytes_that_are_no_picture_are_not_kept(byte[] bytes) throws Exception {
    assertThat(save(id, bytes)).isEqualTo(new NotAPicture("is neither WebP nor PNG nor JPEG"));
    assertThat(store().find(id)).isEmpty();
  }

  @Test
  void a_refused_picture_leaves_the_place_free_for_the_next_attempt() throws Exception {
    save(id, "nothing".getBytes(UTF_8));

    assertThat(save(id, SamplePictures.webp(64, 48, 1))).isInstanceOf(Stored.class);
  }

  @Test
  void a_draft_is_kept_once() throws Exception {
    try (PictureUpload upload = store().upload(id)) {
      upload.body().write(SamplePictures.webp(64, 48, 1));
      upload.commit();
      assertThatThrownBy(upload::commit).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void what_is_written_after_keeping_does_not_reach_the_picture() throws Exception {
    byte[] bytes = SamplePictures.webp(64, 48, 1);
    try (PictureUpload upload = store().upload(id)) {
      upload.body().write(bytes);
      upload.commit();
      assertThatThrownBy(() -> upload.body().write(new byte[MAX_BYTES / 2]))
          .isInstanceOf(IOException.class);
    }
    assertThat(read(id)).isEqualTo(bytes);
  }

  @Test
  void a_deleted_picture_is_gone_and_the_others_are_not() throws Exception {
    var other = new RequestId(UUID.randomUUID());
    save(id, SamplePictures.webp(64, 48, 1));
    save(other, SamplePictures.webp(64, 48, 2));

    assertThat(store().delete(id)).isTrue();

    assertThat(store().find(id)).isEmpty();
    assertThat(store().find(other)).isPresent();
  }

  protected CommitResult save(RequestId request, byte[] bytes) throws IOException {
    try (PictureUpload upload = store().upload(request)) {
      upload.body().write(bytes);
      return upload.commit();
    }
  }

  protected byte[] read(RequestId request) throws IOException {
    StoredPicture picture = store().find(request).orElseThrow();
    return read(picture, ByteRange.all(picture));
  }

  byte[] read(StoredPicture picture, ByteRange range) throws IOException {
    try (InputStream body = store().open(picture, range).orElseThrow()) {
      return body.readAllBytes();
    }
  }

  protected static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
