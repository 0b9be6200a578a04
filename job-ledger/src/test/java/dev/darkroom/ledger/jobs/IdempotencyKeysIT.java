package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.LedgerAgreement.assertThatLogAndJobsAgree;
import static dev.darkroom.ledger.jobs.NewJobFixture.aNewJob;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.KeyReused;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Replayed;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.model.RequestId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One key, one job, whoever sends it when. Races are run by more threads than connections. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 30, unit = SECONDS)
class IdempotencyKeysIT {
  private final TestingLedger ledger = TestingLedger.empty();

  @AfterEach
  void log_and_jobs_agree() {
    assertThatLogAndJobsAgree(ledger);
  }

  @Test
  void the_same_key_for_the_same_request_stands_for_the_first_job() {
    var first = aNewJob(key("k"));
    var again = aNewJob(key("k"));

    assertThat(accept(first)).isInstanceOf(Accepted.class);
    assertThat(accept(again)).isEqualTo(new Replayed(first.id()));
    assertThat(accept(aNewJob(key("k")))).isEqualTo(new Replayed(first.id()));

    assertThat(ledger.jobQueries.find(again.id(), Visibility.ALL)).isEmpty();
    assertThatJob(ledger, first.id()).hasSteps("request_received");
  }

  @Test
  void the_same_key_for_another_request_is_refused() {
    var first = aNewJob(key("k"));
    accept(first);

    var other = aNewJob(new IdempotencyKey("k", "another"));
    assertThat(accept(other)).isEqualTo(new KeyReused(first.id()));

    assertThat(ledger.jobQueries.find(other.id(), Visibility.ALL)).isEmpty();
    assertThat(accept(aNewJob(key("k")))).isEqualTo(new Replayed(first.id()));
  }

  @Test
  void a_batch_may_hold_jobs_with_and_without_a_key_and_one_key_several_times() {
    var known = aNewJob(key("known"));
    accept(known);
    var first = aNewJob(key("k"));
    var without = aNewJob();

    var accepted =
        ledger.jobStore.accept(
            List.of(
                aNewJob(key("known")),
                first,
                without,
                aNewJob(key("k")),
                aNewJob(new IdempotencyKey("k", "another")),
                aNewJob()));

    assertThat(accepted.get(0)).isEqualTo(new Replayed(known.id()));
    assertThat(idOf(accepted.get(1))).isEqualTo(first.id());
    assertThat(idOf(accepted.get(2))).isEqualTo(without.id());
    assertThat(accepted.get(3)).isEqualTo(new Replayed(first.id()));
    assertThat(accepted.get(4)).isEqualTo(new KeyReused(first.id()));
    assertThat(accepted.get(5)).isInstanceOf(Accepted.class);
    assertThat(jobs()).isEqualTo(4);
  }

  @Test
  void an_expired_key_is_as_good_as_new() {
    accept(aNewJob(key("k")));
    age("24 hours 1 second");

    var next = aNewJob(new IdempotencyKey("k", "another"));
    assertThat(accept(next)).isInstanceOf(Accepted.class);
    assertThat(accept(aNewJob(new IdempotencyKey("k", "another"))))
        .isEqualTo(new Replayed(next.id()));
    assertThat(jobs()).isEqualTo(2);
  }

  @Test
  void a_key_that_is_sent_again_lives_no_longer_for_it() {
    accept(aNewJob(key("k")));
    age("23 hours 59 minutes");
    assertThat(accept(aNewJob(key("k")))).isInstanceOf(Replayed.class);

    age("2 minutes");
    assertThat(accept(aNewJob(key("k")))).isInstanceOf(Accepted.class);
  }

  @Test
  void expired_keys_are_forgotten_in_small_batches_and_others_are_kept() {
    IntStream.range(0, 5).forEach(i -> accept(aNewJob(key("old-" + i))));
    age("25 hours");
    accept(aNewJob(key("young")));

    assertThat(ledger.retentionStore.forgetExpiredKeys(3)).isEqualTo(3);
    assertThat(ledger.retentionStore.forgetExpiredKeys(3)).isEqualTo(2);
    assertThat(ledger.retentionStore.forgetExpiredKeys(3)).isZero();
    assertThat(accept(aNewJob(key("young")))).isInstanceOf(Replayed.class);
  }

  @Test
  void same_key_against_same_key() throws Exception {
    var answers = new Race<Acceptance>().add(300, () -> accept(aNewJob(key("k")))).run();

    var first = onlyAccepted(answers);
    assertThat(answers)
        .filteredOn(answer -> !(answer instanceof Accepted))
        .hasSize(299)
        .containsOnly(new Replayed(idOf(first)));
    assertThat(jobs()).isEqualTo(1);
  }

  @Test
  void same_key_against_same_key_with_other_requests() throws Exception {
    var race = new Race<Acceptance>();
    for (var i = 0; i < 200; i++) {
      var different = new IdempotencyKey("k", "request " + i);
      race.add(1, () -> accept(aNewJob(different)));
    }
    var answers = race.run();

    onlyAccepted(answers);
    assertThat(answers).filteredOn(answer -> answer instanceof KeyReused).hasSize(199);
    assertThat(jobs()).isEqualTo(1);
  }

  @Test
  void overlapping_batches_with_their_keys_in_any_order() throws Exception {
    var keys = IntStream.range(0, 20).mapToObj(i -> key("key-" + i)).toList();

    var answers =
        new Race<List<Acceptance>>().add(150, () -> ledger.jobStore.accept(shuffled(keys))).run();

    assertThat(answers.stream().flatMap(List::stream))
        .filteredOn(answer -> answer instanceof Accepted)
        .hasSize(keys.size());
    assertThat(jobs()).isEqualTo(keys.size());
  }

  @Test
  void expired_key_against_its_sweep() throws Exception {
    var keys = IntStream.range(0, 40).mapToObj(i -> key("key-" + i)).toList();
    keys.forEach(key -> accept(aNewJob(key)));
    age("25 hours");

    var answers =
        new Race<List<Acceptance>>()
            .add(60, () -> ledger.jobStore.accept(shuffled(keys)))
            .against(60, () -> ledger.retentionStore.forgetExpiredKeys(10))
            .run();

    assertThat(answers.stream().flatMap(List::stream))
        .filteredOn(answer -> answer instanceof Accepted)
        .hasSize(keys.size());
    assertThat(jobs()).isEqualTo(2L * keys.size());
  }

  @Test
  void who_waits_for_a_winner_that_commits_gets_its_job() throws Exception {
    var winner = aNewJob(key("k"));
    try (var transaction = begin(winner)) {
      var loser = CompletableFuture.supplyAsync(() -> accept(aNewJob(key("k"))));
      awaitSomebodyWaiting();

      transaction.commit();

      assertThat(loser.get(10, SECONDS)).isEqualTo(new Replayed(winner.id()));
    }
  }

  @Test
  void who_waits_for_a_winner_that_is_rolled_back_becomes_the_winner() throws Exception {
    try (var transaction = begin(aNewJob(key("k")))) {
      var job = aNewJob(key("k"));
      var loser = CompletableFuture.supplyAsync(() -> accept(job));
      awaitSomebodyWaiting();

      transaction.rollback();

      assertThat(idOf(loser.get(10, SECONDS))).isEqualTo(job.id());
      assertThatJob(ledger, job.id()).hasSteps("request_received");
    }
  }

  /** Another gateway that has taken the key and has not committed. */
  private Connection begin(NewJob job) throws SQLException {
    var connection = ledger.database.asOwner().getConnection();
    connection.setAutoCommit(false);
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.generation_idempotency_keys (key, fingerprint, request_id) values (?, ?, ?)
            """)) {
      var key = requireNonNull(job.key());
      insert.setString(1, key.value());
      insert.setString(2, key.fingerprint());
      insert.setObject(3, job.id().value());
      insert.executeUpdate();
    }
    return connection;
  }

  private void awaitSomebodyWaiting() {
    await()
        .until(() ->
            ledger
                .asOwner
                .sql(
                    "select count(*) > 0 from pg_stat_activity where wait_event_type = 'Lock' and"
                        + " datname = current_database()")
                .query(Boolean.class)
                .single());
  }

  private Acceptance accept(NewJob job) {
    return ledger.jobStore.accept(List.of(job)).getFirst();
  }

  private void age(String interval) {
    ledger
        .asOwner
        .sql(
            "update public.generation_idempotency_keys set created_at = created_at -"
                + " :age::interval")
        .param("age", interval)
        .update();
  }

  private long jobs() {
    return ledger
        .asOwner
        .sql("select count(*) from public.generation_jobs")
        .query(Long.class)
        .single();
  }

  private static Acceptance onlyAccepted(List<Acceptance> answers) {
    var accepted = answers.stream().filter(answer -> answer instanceof Accepted).toList();
    assertThat(accepted).hasSize(1);
    return accepted.getFirst();
  }

  private static RequestId idOf(Acceptance acceptance) {
    assertThat(acceptance).isInstanceOf(Accepted.class);
    return ((Accepted) acceptance).job().message().requestId();
  }

  private static IdempotencyKey key(String value) {
    return new IdempotencyKey(value, "the same");
  }

  private static List<NewJob> shuffled(List<IdempotencyKey> keys) {
    var order = new ArrayList<>(keys);
    Collections.shuffle(order);
    return order.stream().map(NewJobFixture::aNewJob).toList();
  }
}
