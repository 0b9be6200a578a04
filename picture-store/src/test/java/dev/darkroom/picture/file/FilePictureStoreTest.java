package dev.darkroom.picture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.PictureStoreContract;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.SamplePictures;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.picture.TestingClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilePictureStoreTest extends PictureStoreContract {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir Path directory;
  private final TestingClock clock = new TestingClock(NOW);
  private PictureStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = reopen();
  }

  @Override
  protected PictureStore store() {
    return store;
  }

  @ParameterizedTest
  @CsvSource({
    "01a2038e-7eff-7000-8000-00000000abcd, 2026-11-22/13",
    "01a2038e-7f00-7000-8000-00000000abcd, 2026-11-22/14",
    "00000000-0000-7000-8000-00000000abcd, 1970-01-01/00",
    "ffffffff-ffff-7000-8000-00000000abcd, +10889-08-02/05",
    "01a2038e-7f00-4000-8000-00000000abcd, other/cd"
  })
  void a_picture_lies_in_the_folder_of_the_hour_in_which_its_id_was_made(String text, String folder)
      throws Exception {
    RequestId request = RequestId.parse(text).orElseThrow();

    save(request, SamplePictures.webp(64, 48, 1));

    assertThat(files()).containsExactly(directory.resolve(folder).resolve(text));
  }

  @Test
  void nothing_but_pictures_is_left_whatever_became_of_the_drafts() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    save(id, SamplePictures.webp(64, 48, 2));
    save(id, "no picture".getBytes(UTF_8));
    store.upload(id).close();

    assertThat(files()).hasSize(1);
  }

  @Test
  void many_who_keep_the_same_request_at_once_agree_on_one_picture() throws Exception {
    assertThat(keepAtOnce(16)).containsOnly(store.find(id).orElseThrow());
  }

  @Test
  void pictures_are_there_after_a_restart_and_old_uploads_of_a_killed_process_are_not()
      throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    Path old = unfinishedUpload(NOW.minus(UploadDirectory.ABANDONED_AFTER).minusSeconds(1));
    Path young = unfinishedUpload(NOW.minus(UploadDirectory.ABANDONED_AFTER).plusSeconds(1));

    store = reopen();

    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(store.find(id)).isPresent();
  }

  @Test
  void an_upload_of_a_process_that_was_killed_is_deleted_by_another_while_it_works()
      throws Exception {
    Path upload = unfinishedUpload(NOW);
    store.upload(id).close();
    assertThat(upload).exists();

    clock.pass(UploadDirectory.ABANDONED_AFTER.plusSeconds(1));
    store.upload(id).close();

    assertThat(upload).doesNotExist();
  }

  @Test
  void an_upload_that_takes_as_long_as_the_longest_call_is_not_deleted() throws Exception {
    try (PictureUpload slow = store.upload(id)) {
      slow.body().write(SamplePictures.webp(64, 48, 1));
      clock.pass(Duration.ofMinutes(60));
      reopen();

      assertThat(slow.commit()).isInstanceOf(Stored.class);
    }
  }

  @Test
  void an_upload_under_way_is_not_deleted_when_the_clock_is_put_forward() throws Exception {
    try (PictureUpload upload = store.upload(id)) {
      upload.body().write(SamplePictures.webp(64, 48, 1));
      clock.correct(Duration.ofDays(36_500)); // its file has the real time
      store.upload(id).close();

      assertThat(upload.commit()).isInstanceOf(Stored.class);
    }
  }

  @Test
  void an_upload_that_is_closed_twice_is_counted_once() throws Exception {
    long half = Files.getFileStore(directory).getUsableSpace() / 2 + 1_000_000_000;
    store = open(directory, half);
    PictureUpload first = store.upload(id);
    first.close();
    first.close();
    try (PictureUpload second = store.upload(id)) {
      assertThat(second).isNotNull();
      assertThatThrownBy(() -> store.upload(id)).hasMessageStartingWith("no space left");
    }
  }

  @Test
  void folders_that_are_empty_are_removed_with_the_oldest_pictures() throws Exception {
    RequestId request = RequestId.parse("01a2038e-7f00-7000-8000-00000000abcd").orElseThrow();
    save(request, SamplePictures.webp(64, 48, 1));
    store.delete(request);

    store.eachSavedBefore(Instant.parse("2026-11-22T14:30:00Z"), 10, batch -> true);

    assertThat(directory.resolve("2026-11-22")).doesNotExist();
    save(request, SamplePictures.webp(64, 48, 1));
    assertThat(store.find(request)).isPresent();
  }

  @Test
  void what_others_put_into_the_folder_is_left_alone() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    var theirs = List.of("lost+found", "2026-11-22/notes", "cd/ab");
    for (String folder : theirs) {
      Files.createDirectories(directory.resolve(folder));
    }
    Files.writeString(directory.resolve("2026-11-22/13"), "no folder");
    var found = new ArrayList<RequestId>();

    store.eachSavedBefore(Instant.now().plus(Duration.ofHours(1)), 10, found::addAll);

    assertThat(found).containsExactly(id);
    assertThat(theirs).allSatisfy(folder -> assertThat(directory.resolve(folder)).isDirectory());
  }

  @Test
  void a_picture_is_read_once_to_be_hashed_and_again_if_the_file_is_another() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    StoredPicture first = store.find(id).orElseThrow();
    Path place = new PictureDirectory(directory).place(id);
    FileTime saved = Files.getLastModifiedTime(place);
    byte[] damaged = Files.readAllBytes(place);
    damaged[damaged.length / 2] ^= 1;
    Files.write(place, damaged);

    Files.setLastModifiedTime(place, saved);
    assertThat(store.find(id)).contains(first); // nobody looked into it
    Files.setLastModifiedTime(place, FileTime.from(NOW));
    assertThat(store.find(id).orElseThrow().sha256()).isEqualTo(sha256(damaged));
  }

  @Test
  void a_folder_that_somebody_tidied_away_is_made_again() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    Path place = new PictureDirectory(directory).place(id);
    assertThat(store.delete(id)).isTrue();
    Path folders = directory.relativize(place);
    Files.delete(directory.resolve(folders.subpath(0, 2)));
    Files.delete(directory.resolve(folders.subpath(0, 1)));

    save(id, SamplePictures.webp(64, 48, 2));

    assertThat(place).exists();
  }

  @Test
  void a_picture_can_be_read_by_whoever_may_read_the_folder() throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    Path asUsual = Files.createFile(directory.resolve("usual"));

    assertThat(Files.getPosixFilePermissions(new PictureDirectory(directory).place(id)))
        .isEqualTo(Files.getPosixFilePermissions(asUsual));
  }

  @Test
  void a_folder_that_can_not_be_made_stops_the_start_and_is_named() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> open(file.resolve("pictures"), MAX_BYTES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void a_store_that_goes_away_fails_the_draft_and_not_the_picture() throws Exception {
    Path uploads = directory.resolve(".drafts");
    Files.delete(uploads);
    clock.pass(Duration.ofSeconds(2));

    assertThatThrownBy(() -> store.upload(id))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(uploads.toString());
    assertThat(store.trouble())
        .hasValueSatisfying(reason -> assertThat(reason).contains(".drafts"));
  }

  @Test
  void a_picture_damaged_on_disk_is_moved_aside_and_its_job_goes_on_as_if_it_had_none()
      throws Exception {
    save(id, SamplePictures.webp(64, 48, 1));
    Path place = new PictureDirectory(directory).place(id);
    Files.writeString(place, "damage");

    assertThat(store.find(id)).isEmpty();

    assertThat(place).doesNotExist();
    try (Stream<Path> aside = Files.list(directory.resolve(".damaged"))) {
      assertThat(aside).singleElement().satisfies(file -> assertThat(file).hasContent("damage"));
    }
    assertThat(save(id, SamplePictures.webp(64, 48, 2))).isInstanceOf(Stored.class);
    assertThat(store.find(id)).isPresent();
  }

  @Test
  void a_damaged_picture_is_not_in_the_way_of_one_that_is_paid_for() throws Exception {
    try (PictureUpload upload = store.upload(id)) {
      upload.body().write(SamplePictures.webp(64, 48, 1));
      Path place = new PictureDirectory(directory).place(id);
      Files.createDirectories(place.getParent());
      Files.createFile(place); // empty, as a power failure may leave it

      assertThat(upload.commit()).isInstanceOf(Stored.class);
    }
    assertThat(store.find(id)).isPresent();
  }

  @Test
  void a_folder_that_is_away_is_noticed_without_a_draft_and_so_is_its_return() throws Exception {
    Path pictures = directory.resolve("pictures");
    store = open(pictures, MAX_BYTES);
    assertThat(store.trouble()).isEmpty();
    Path elsewhere = Files.move(pictures, directory.resolve("elsewhere"));
    clock.pass(Duration.ofSeconds(1));

    assertThat(store.trouble())
        .hasValueSatisfying(reason -> assertThat(reason).contains(pictures.toString(), "missing"));
    assertThat(pictures).as("another disk may belong there").doesNotExist();

    Files.move(elsewhere, pictures);
    clock.pass(Duration.ofSeconds(3));
    assertThat(store.trouble()).isEmpty();
  }

  @Test
  void a_folder_that_was_replaced_by_an_empty_one_is_used_again() throws Exception {
    Files.delete(directory.resolve(".drafts"));
    clock.pass(Duration.ofSeconds(1));

    assertThat(store.trouble()).isEmpty();
    assertThat(save(id, SamplePictures.webp(64, 48, 1))).isInstanceOf(Stored.class);
  }

  @Test
  void a_file_in_the_place_of_the_hours_folder_is_noticed_before_a_picture_is_bought()
      throws Exception {
    Path day = Files.createDirectories(directory.resolve("2026-11-22"));
    Path hour = Files.writeString(day.resolve("12"), "no folder");

    assertThat(store.trouble())
        .hasValueSatisfying(reason -> assertThat(reason).contains(hour.toString()));

    Files.delete(hour);
    clock.pass(Duration.ofSeconds(3));
    assertThat(store.trouble()).isEmpty();
  }

  @Test
  void a_folder_that_may_only_be_read_is_noticed_before_a_picture_is_bought() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(directory), "root may write wherever it likes");

      assertThat(store.trouble())
          .hasValueSatisfying(
              reason -> assertThat(reason).contains("AccessDenied", directory.toString()));
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** Which the store has noticed, and which is over. */
  private void aMomentOfTrouble() throws IOException {
    Path uploads = directory.resolve(".drafts");
    Files.delete(uploads);
    Files.createFile(uploads); // neither root nor anybody else can write into a file's folder
    clock.pass(Duration.ofSeconds(1));
    assertThat(store.trouble()).isPresent();
    Files.delete(uploads);
  }

  @Test
  void a_store_in_trouble_is_checked_every_two_seconds_at_most() throws Exception {
    aMomentOfTrouble();

    clock.pass(Duration.ofSeconds(1));
    assertThat(store.trouble()).isPresent();
    clock.pass(Duration.ofSeconds(1));
    assertThat(store.trouble()).isEmpty();
  }

  @Test
  void a_clock_that_is_put_back_does_not_make_a_moment_of_trouble_longer() throws Exception {
    aMomentOfTrouble();

    clock.correct(Duration.ofHours(-1));
    clock.pass(Duration.ofSeconds(2));
    assertThat(store.trouble()).isEmpty();
  }

  @Test
  void there_is_room_for_all_that_is_being_written_or_none_is_begun() throws Exception {
    long half = Files.getFileStore(directory).getUsableSpace() / 2 + 1_000_000_000;
    store = open(directory, half);
    assertThat(store.trouble()).isEmpty();
    try (PictureUpload first = store.upload(id)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> store.upload(id))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("no space left for 2 pictures of up to ");
    }
    store = open(directory, half);
    store.upload(id).close();

    assertThat(store.trouble(2))
        .hasValueSatisfying(reason -> assertThat(reason).contains("no space left for 2 pictures"));
    assertThat(store.trouble()).as("health says so, too").isPresent();
  }

  @Test
  void where_there_are_no_hard_links_the_first_picture_stays_too() throws Exception {
    Path place = directory.resolve("place");
    Path first = Files.writeString(directory.resolve("first"), "first");
    Path second = Files.writeString(directory.resolve("second"), "second");

    assertThat(PictureDirectory.moveIfAbsent(first, place)).isTrue();
    assertThat(PictureDirectory.moveIfAbsent(second, place)).isFalse();
    assertThat(place).hasContent("first");
  }

  @Test
  void a_full_disk_is_reported_with_its_place() throws Exception {
    // /dev/full is Linux's disk that is always full.
    assumeTrue(Files.exists(Path.of("/dev/full")));
    try (var full = Files.newOutputStream(Path.of("/dev/full"))) {
      var body = new UploadStream(full, "/pictures/.drafts/x", MAX_BYTES);

      assertThatThrownBy(() -> body.write(new byte[10]))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("could not write to /pictures/.drafts/x: ");
    }
  }

  @Test
  void a_kept_picture_is_the_one_described_even_if_it_was_kept_by_another_store() throws Exception {
    PictureStore another = reopen();
    CommitResult outcome = save(id, SamplePictures.webp(64, 48, 1));

    assertThat(outcome).isEqualTo(new Stored(another.find(id).orElseThrow()));
  }

  private PictureStore reopen() throws IOException {
    return open(directory, MAX_BYTES);
  }

  private PictureStore open(Path root, long maxBytes) throws IOException {
    var uploads = UploadDirectory.open(root.resolve(".drafts"), maxBytes, clock);
    return new FilePictureStore(root, uploads, clock, clock::nanoTime);
  }

  private Path unfinishedUpload(Instant touched) throws IOException {
    Path upload = Files.createTempFile(directory.resolve(".drafts"), "upload", "");
    return Files.setLastModifiedTime(upload, FileTime.from(touched));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }
}
