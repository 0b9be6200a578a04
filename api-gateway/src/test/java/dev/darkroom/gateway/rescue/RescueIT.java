package dev.darkroom.gateway.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.TestingWorker;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.testservers.TestServers;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RescueIT {
  private static final Duration LAPSES_AT_ONCE = Duration.ofMillis(1);
  private static final Duration MUCH_LATER = Duration.ofMinutes(4);

  private RunningGateway gateway = RunningGateway.shared();
  private final RequestId id = new RequestId(Generators.timeBasedEpochGenerator().generate());

  /** A lease is that of all jobs of a worker. */
  private final String worker = "silent-" + id;

  @Test
  void a_picture_that_a_silent_worker_had_saved_is_used() throws IOException {
    accept(Duration.ofMinutes(5));
    savePicture();
    claim(LAPSES_AT_ONCE);

    var job = awaitEnd();

    assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job.steps())
        .extracting(LogEntry::step)
        .containsExactly("request_received", "calling_nebius_api", "image_generated");
    assertThat(job.steps().getLast().details())
        .containsEntry("source", "store")
        .containsEntry("worker", worker);
    assertThat(gateway.get(String.valueOf(job.steps().getLast().imageUrl())).status())
        .isEqualTo(200);
  }

  @Test
  void a_saved_picture_counts_also_when_the_time_is_up() throws IOException {
    savePicture();
    accept(Duration.ofSeconds(2));
    claim(Duration.ofMinutes(5));

    var job = awaitEnd();

    assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job.steps())
        .extracting(LogEntry::step)
        .containsExactly("request_received", "calling_nebius_api", "image_generated");
  }

  @Test
  void without_a_picture_the_deadline_ends_a_running_job() {
    accept(Duration.ofSeconds(2));
    claim(Duration.ofMinutes(5));

    var job = awaitEnd();

    assertThat(job.steps())
        .extracting(LogEntry::step)
        .containsExactly(
            "request_received",
            "calling_nebius_api",
            "attempt_outcome_unknown",
            "deadline_exceeded");
  }

  @Test
  void a_picture_of_a_job_goes_also_where_the_gateway_that_cancelled_it_was_killed()
      throws IOException {
    accept(Duration.ofMinutes(5));
    savePicture();
    var unknown =
        new RetryableFailure(
            Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", "It broke.", false, MUCH_LATER);
    var _ = gateway.bean(JobStore.class).rescheduleIfHeld(claim(Duration.ofMinutes(5)), unknown);

    gateway.bean(OutcomeStore.class).cancelIfOpen(id, Visibility.ALL, null);
    gateway
        .bean(JdbcClient.class)
        .sql("update public.generation_queue set publish_after = now() where request_id = :id")
        .param("id", id.value())
        .update();

    await().until(() -> gateway.bean(PictureStore.class).find(id).isEmpty());
  }

  /** Its worker could not renew its lease, and may be about to. */
  @Test
  void after_a_time_without_writes_a_lapsed_lease_proves_nothing_yet() throws SQLException {
    var database = TestServers.freshDatabase();
    try (var own =
        RunningGateway.start(database, TestServers.kafka(), "--darkroom.rescue.grace=4s")) {
      gateway = own;
      accept(Duration.ofMinutes(5));
      claim(Duration.ofSeconds(2));
      database.refuseWrites();
      database.endSessions();
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsInstanceOf(DataAccessException.class)
          .until(this::hasLapsedLongAgo);

      database.takeWritesAgain();
      database.endSessions();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(5))
          .ignoreExceptionsInstanceOf(DataAccessException.class)
          .until(this::isStillHeld);
      await().atMost(Duration.ofSeconds(20)).until(() -> !isStillHeld());
    }
  }

  /** For longer than the grace. */
  private boolean hasLapsedLongAgo() {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select lease_until < now() - interval '4 seconds'
            from public.generation_queue join public.generation_workers using (worker_id)
            where request_id = :id
            """)
        .param("id", id.value())
        .query(Boolean.class)
        .single();
  }

  private boolean isStillHeld() {
    var job = gateway.bean(JobQueries.class).find(id, Visibility.ALL).orElseThrow();
    return job.status() == JobStatus.PROCESSING && job.steps().size() == 2;
  }

  private void accept(Duration deadline) {
    var request = new GenerationRequest("A dipper", null, 0.7, 0.5, null, 512, 512, 7, null, null);
    var trace = TraceParent.begin(new Random(1));
    gateway
        .bean(JobStore.class)
        .accept(List.of(new NewJob(id, "anonymous", request, TestingWorker.CALL, deadline, trace)));
  }

  private Attempt claim(Duration lease) {
    return gateway
        .bean(JobStore.class)
        .claimDue(worker, lease, UUID.randomUUID(), List.of(id))
        .getFirst()
        .attempt();
  }

  private void savePicture() throws IOException {
    try (var upload = gateway.bean(PictureStore.class).upload(id)) {
      ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", upload.body());
      upload.commit();
    }
  }

  private Job awaitEnd() {
    var ledger = gateway.bean(JobQueries.class);
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> ledger.find(id, Visibility.ALL).orElseThrow(), job -> job.status().isTerminal());
  }
}
