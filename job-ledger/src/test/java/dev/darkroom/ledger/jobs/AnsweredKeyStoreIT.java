package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.NewJobFixture.aNewJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.AnsweredKeyStore.AnswerRetention;
import dev.darkroom.ledger.jobs.AnsweredKeyStore.HeldKey;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Replayed;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AnsweredKeyStoreIT {
  private static final AnswerRetention KEPT =
      new AnswerRetention(Duration.ofMinutes(5), Duration.ofMinutes(10));

  private final TestingLedger ledger = TestingLedger.empty();
  private final AnsweredKeyStore answers = ledger.answeredKeyStore;

  @Test
  void a_key_stands_for_its_job_until_the_answer_is_delivered() {
    var key = heldFor(aCompletedJob().in(ledger));

    assertThat(isFree(key, false)).isFalse();
    assertThat(isFree(key, true)).isFalse();

    answers.noteAnswer(key);
    assertThat(isFree(key, true)).as("the client may have lost it on its way").isFalse();
    assertThat(isFree(key, false)).as("a request that repeats none").isTrue();
    assertThat(accept(key)).isInstanceOf(Accepted.class);
  }

  @Test
  void an_answer_that_broke_off_was_none() {
    var key = heldFor(aCompletedJob().in(ledger));
    answers.noteAnswer(key);
    answers.withdrawAnswer(key);

    assertThat(isFree(key, false)).isFalse();
    assertThat(accept(key)).isEqualTo(new Replayed(key.job()));
  }

  @Test
  void a_repetition_comes_within_minutes_of_an_answer() {
    var key = heldFor(aCompletedJob().in(ledger));
    answers.noteAnswer(key);
    change(
        """
        update public.generation_idempotency_keys
        set created_at = now() - interval '7 minutes', answered_at = now() - interval '6 minutes'
        """);

    assertThat(isFree(key, true)).isTrue();
  }

  @Test
  void an_answer_that_nobody_fetched_is_kept_for_a_while_after_the_end_of_the_last_job() {
    var old =
        aCompletedJob().with("finished_at", Instant.now().minus(Duration.ofMinutes(11))).in(ledger);
    var young = aCompletedJob().in(ledger);
    var key = heldFor(old);

    assertThat(answers.freeIfSettled(key, List.of(old, young), false, KEPT)).isFalse();
    assertThat(answers.freeIfSettled(key, List.of(old), false, KEPT)).isTrue();
  }

  @Test
  void a_key_that_another_request_took_over_has_no_answer_and_is_left_alone() {
    var key = heldFor(aCompletedJob().in(ledger));
    answers.noteAnswer(key);
    change(
        """
        update public.generation_idempotency_keys set answered_at = created_at - interval '1 second'
        """);
    assertThat(isFree(key, false)).isFalse();

    var late = new HeldKey(key.owner(), key.value(), new RequestId(UUID.randomUUID()));
    answers.noteAnswer(late);
    answers.free(late);
    assertThat(isFree(late, false)).as("it stands for another job").isTrue();
    assertThat(accept(key)).isEqualTo(new Replayed(key.job()));
  }

  @Test
  void a_key_is_freed_at_once_where_a_repetition_may_succeed() {
    var key = heldFor(aQueuedJob().in(ledger));

    answers.free(key);
    assertThat(accept(key)).isInstanceOf(Accepted.class);
  }

  private boolean isFree(HeldKey key, boolean repeated) {
    return answers.freeIfSettled(key, List.of(key.job()), repeated, KEPT);
  }

  private HeldKey heldFor(RequestId job) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_idempotency_keys (key, fingerprint, request_id)
            values ('k', 'same', :job)
            """)
        .param("job", job.value())
        .update();
    return new HeldKey("", "k", job);
  }

  private NewJob.Acceptance accept(HeldKey key) {
    return ledger
        .jobStore
        .accept(List.of(aNewJob(new IdempotencyKey(key.value(), "same"))))
        .getFirst();
  }

  private void change(String sql) {
    ledger.asOwner.sql(sql).update();
  }
}
