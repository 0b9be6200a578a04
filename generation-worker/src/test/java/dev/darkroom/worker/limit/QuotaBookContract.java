package dev.darkroom.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.limit.QuotaBook;
import dev.darkroom.ledger.limit.QuotaBook.Revised;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What workers rely on, wherever the book lies. */
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class QuotaBookContract {
  /** Something to write. */
  record Tally(int count, List<String> names, double share) {}

  /** A book that nobody has written in. */
  abstract QuotaBook<Tally> empty();

  @Test
  void a_new_book_is_empty_and_then_holds_what_was_written() {
    var book = empty();
    var written = new Tally(7, List.of("a", "b"), 0.1 + 0.2);

    assertThat(book.<Boolean>revise((found, _) -> new Revised<>(written, found == null))).isTrue();

    assertThat(read(book)).isEqualTo(written);
  }

  @Test
  void no_revision_is_lost_however_many_are_made_at_once() throws Exception {
    var book = empty();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var counted = new ArrayList<Future<?>>();
      for (var thread = 0; thread < 8; thread++) {
        counted.add(
            threads.submit(() -> {
              for (var time = 0; time < 25; time++) {
                count(book);
              }
            }));
      }
      for (var thread : counted) {
        thread.get();
      }
    }

    assertThat(read(book).count()).isEqualTo(200);
  }

  @Test
  void a_revision_that_fails_changes_nothing() {
    var book = empty();
    count(book);

    assertThatThrownBy(() ->
            book.revise((_, _) -> {
              throw new IllegalStateException("no");
            }))
        .hasMessage("no");

    assertThat(read(book).count()).isEqualTo(1);
  }

  @Test
  void time_does_not_run_backwards() {
    var book = empty();
    var times = Collections.synchronizedList(new ArrayList<Instant>());
    for (var time = 0; time < 20; time++) {
      book.revise((_, now) -> new Revised<>(new Tally(0, List.of(), 0), times.add(now)));
    }

    assertThat(times).isSorted();
  }

  private static void count(QuotaBook<Tally> book) {
    var _ =
        book.<Boolean>revise((found, _) -> {
          var before = found == null ? 0 : found.count();
          return new Revised<>(new Tally(before + 1, List.of(), 0), true);
        });
  }

  private static Tally read(QuotaBook<Tally> book) {
    return book.revise((found, _) -> {
      if (found == null) {
        throw new AssertionError("nothing is written there");
      }
      return new Revised<>(found, found);
    });
  }
}
