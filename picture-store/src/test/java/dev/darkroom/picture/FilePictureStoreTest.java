package dev.darkroom.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.KeepOutcome.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
  private PictureStore store;

  @BeforeEach
  void openStore() throws IOException {
    store = reopen();
  }

  @Override
  PictureStore store() {
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

    keep(request, Pictures.webp(64, 48, 1));

    assertThat(files()).containsExactly(directory.resolve(folder).resolve(text));
  }

  @Test
  void pictures_of_an_hour_share_a_folder() throws Exception {
    for (int i = 0; i < 10; i++) {
      keep(
          RequestId.parse("01a2038e-7f%02x-7000-8000-%012x".formatted(i, 7919L * i)).orElseThrow(),
          Pictures.webp(8, 8, i));
    }

    assertThat(files().stream().map(Path::getParent).distinct()).hasSize(1);
  }

  @Test
  void nothing_but_pictures_is_left_whatever_became_of_the_drafts() throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
    keep(id, Pictures.webp(64, 48, 2));
    keep(id, "no picture".getBytes(UTF_8));
    store.draft(id).close();

    assertThat(files()).hasSize(1);
  }

  @Test
  void pictures_are_there_after_a_restart_and_drafts_of_a_crash_go_after_an_hour()
      throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
    Path old = abandonedDraft(NOW.minus(Duration.ofMinutes(61)));
    Path young = abandonedDraft(NOW.minus(Duration.ofMinutes(59)));

    store = reopen();

    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(store.find(id)).isPresent();
  }

  @Test
  void a_folder_that_somebody_tidied_away_is_made_again() throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
    Path place = new PictureFolder(directory, clock()).place(id);
    assertThat(store.delete(id)).isTrue();
    Path folders = directory.relativize(place);
    Files.delete(directory.resolve(folders.subpath(0, 2)));
    Files.delete(directory.resolve(folders.subpath(0, 1)));

    keep(id, Pictures.webp(64, 48, 2));

    assertThat(place).exists();
  }

  @Test
  void a_picture_can_be_read_by_whoever_may_read_the_folder() throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
    Path asUsual = Files.createFile(directory.resolve("usual"));

    assertThat(Files.getPosixFilePermissions(new PictureFolder(directory, clock()).place(id)))
        .isEqualTo(Files.getPosixFilePermissions(asUsual));
  }

  @Test
  void a_folder_that_can_not_be_made_stops_the_start_and_is_named() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> FilePictureStore.at(file.resolve("pictures"), MAX_BYTES, clock()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void a_store_that_goes_away_fails_the_draft_and_not_the_picture() throws Exception {
    Path drafts = directory.resolve(".drafts");
    Files.delete(drafts);

    assertThatThrownBy(() -> store.draft(id))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(drafts.toString());
  }

  @Test
  void a_picture_damaged_on_disk_is_an_error_and_not_a_picture() throws Exception {
    keep(id, Pictures.webp(64, 48, 1));
    Path place = new PictureFolder(directory, clock()).place(id);
    Files.writeString(place, "damage");

    assertThatThrownBy(() -> store.find(id))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(place + " was damaged");
  }

  @Test
  void where_there_are_no_hard_links_the_first_picture_stays_too() throws Exception {
    Path place = directory.resolve("place");
    Path first = Files.writeString(directory.resolve("first"), "first");
    Path second = Files.writeString(directory.resolve("second"), "second");

    assertThat(PictureFolder.moveIfAbsent(first, place)).isTrue();
    assertThat(PictureFolder.moveIfAbsent(second, place)).isFalse();
    assertThat(place).hasContent("first");
  }

  @Test
  void a_full_disk_is_reported_with_its_place() throws Exception {
    // /dev/full is Linux's disk that is always full.
    assumeTrue(Files.exists(Path.of("/dev/full")));
    try (var full = Files.newOutputStream(Path.of("/dev/full"))) {
      var body = new MeasuredBody(full, "/pictures/.drafts/x", MAX_BYTES);

      assertThatThrownBy(() -> body.write(new byte[10]))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("could not write to /pictures/.drafts/x: ");
    }
  }

  @Test
  void a_kept_picture_is_the_one_described_even_if_it_was_kept_by_another_store() throws Exception {
    PictureStore another = reopen();
    KeepOutcome outcome = keep(id, Pictures.webp(64, 48, 1));

    assertThat(outcome).isEqualTo(new Kept(another.find(id).orElseThrow()));
  }

  private PictureStore reopen() throws IOException {
    return FilePictureStore.at(directory, MAX_BYTES, clock());
  }

  private static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }

  private Path abandonedDraft(Instant touched) throws IOException {
    Path draft = Files.createTempFile(directory.resolve(".drafts"), "draft", "");
    return Files.setLastModifiedTime(draft, FileTime.from(touched));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }
}
