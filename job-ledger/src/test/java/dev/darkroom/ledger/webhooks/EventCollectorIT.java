package dev.darkroom.ledger.webhooks;

import static dev.darkroom.ledger.webhooks.TestingWebhooks.ADA;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.BOB;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.PATIENCE;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.URL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobFixture;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EventCollectorIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String MILLISECONDS = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  private final TestingWebhooks webhooks = TestingWebhooks.empty();

  @Test
  void a_completed_job_is_told_with_its_picture() {
    var job = webhooks.accept("ada", URL);
    webhooks.complete(job);

    assertThat(webhooks.collector().collect(100, "https://pictures.example.com", PATIENCE))
        .isEqualTo(new EventCollector.Collected(3, 1));

    var delivery = webhooks.only(job);
    assertThat(delivery.state()).isEqualTo(DeliveryState.WAITING);
    assertThat(delivery.url()).isEqualTo(URL);
    assertThat(delivery.event()).isEqualTo(JobStatus.COMPLETED);
    assertThat(delivery.tries()).isZero();
    var body = JSON.readTree(delivery.body());
    assertThat(body.propertyNames()).containsExactly("type", "timestamp", "data");
    assertThat(text(body, "/type"))
        .isEqualTo(GenerationEvent.type(JobStatus.COMPLETED))
        .isEqualTo("darkroom.generation.completed");
    assertThat(text(body, "/timestamp")).matches(MILLISECONDS);
    assertThat(body.get("data").propertyNames())
        .containsExactly(
            "requestId",
            "userId",
            "status",
            "imageUrl",
            "sha256",
            "contentType",
            "bytes",
            "attempts",
            "completedAt");
    assertThat(text(body, "/data/requestId")).isEqualTo(job.toString());
    assertThat(text(body, "/data/imageUrl"))
        .isEqualTo("https://pictures.example.com" + JobFixture.PICTURE.url());
    assertThat(text(body, "/data/sha256")).isEqualTo(JobFixture.PICTURE.sha256());
    assertThat(body.at("/data/bytes").longValue()).isEqualTo(4_096);
    assertThat(body.at("/data/attempts").intValue()).isOne();
    assertThat(text(body, "/data/completedAt")).isEqualTo(text(body, "/timestamp"));
  }

  @Test
  void the_id_of_a_delivery_is_that_of_its_step() {
    var job = webhooks.due("ada", URL);

    var step =
        webhooks.ledger().jobQueries.find(job, Visibility.ALL).orElseThrow().steps().getLast();
    assertThat(webhooks.only(job).deliveryId()).isEqualTo(step.id());
  }

  @Test
  void a_failed_job_is_told_with_its_error_and_never_in_more_than_20_kB() {
    var job = webhooks.accept("\u0001".repeat(128), URL);
    webhooks.fail(job, "\u0001😀".repeat(5_000));

    webhooks.collect();

    var delivery = webhooks.only(job);
    var body = JSON.readTree(delivery.body());
    assertThat(text(body, "/type")).isEqualTo("darkroom.generation.failed");
    assertThat(text(body, "/data/error/code")).isEqualTo("rejected");
    assertThat(text(body, "/data/error/message")).startsWith("\u0001😀").hasSize(3_000);
    assertThat(text(body, "/data/failedAt")).matches(MILLISECONDS);
    assertThat(body.get("data").has("imageUrl")).isFalse();
    assertThat(delivery.body().getBytes(StandardCharsets.UTF_8).length).isLessThan(20_000);
  }

  @Test
  void beginning_and_attempts_are_told_where_they_are_wanted() {
    var job = webhooks.accept(new JobWebhook(URL, List.of(JobStatus.values())));
    webhooks.complete(job);

    webhooks.collect();

    var deliveries = webhooks.queries().ofJob(job, Visibility.ALL, 10);
    assertThat(deliveries)
        .extracting(WebhookDelivery::event)
        .containsExactly(JobStatus.STARTED, JobStatus.PROCESSING, JobStatus.COMPLETED);
    var processing = JSON.readTree(deliveries.get(1).body());
    assertThat(processing.get("data").propertyNames())
        .containsExactly("requestId", "userId", "status", "attempts");
    assertThat(processing.at("/data/attempts").intValue()).isOne();
    assertThat(JSON.readTree(deliveries.getFirst().body()).at("/data/attempts").intValue())
        .isZero();
  }

  @Test
  void what_is_not_wanted_is_not_told() {
    var completedOnly = webhooks.accept(new JobWebhook(URL, List.of(JobStatus.COMPLETED)));
    webhooks.fail(completedOnly, "no");
    var none = webhooks.accept("ada", (JobWebhook) null);
    webhooks.complete(none);

    assertThat(webhooks.collect().deliveries()).isZero();
    assertThat(webhooks.collect()).isEqualTo(EventCollector.Collected.NOTHING);
  }

  @Test
  void slices_of_the_log_leave_nothing_out() {
    var jobs =
        List.of(
            webhooks.accept("ada", URL), webhooks.accept("ada", URL), webhooks.accept("bob", URL));
    jobs.forEach(webhooks::complete);

    var slices = 0;
    while (webhooks.collector().collect(2, "", PATIENCE).steps() > 0) {
      slices++;
    }

    assertThat(slices).isEqualTo(5);
    assertThat(jobs).allSatisfy(job -> assertThat(webhooks.only(job)).isNotNull());
  }

  @Test
  void an_endpoint_is_an_owner_and_a_url_without_its_query() {
    webhooks.due("ada", "https://Ada.Example.com:8443/Hooks?job=1");
    webhooks.due("ada", "https://ada.example.com:8443/Hooks?job=2");
    webhooks.due("bob", "https://ada.example.com:8443/Hooks");
    webhooks.due("ada", "https://ada.example.com?job=3");

    assertThat(webhooks.endpoints().of(ADA, 10))
        .extracting(EndpointStore.WebhookEndpoint::address)
        .containsExactlyInAnyOrder("https://ada.example.com:8443/Hooks", "https://ada.example.com");
    assertThat(webhooks.endpoints().of(BOB, 10)).hasSize(1);
    assertThat(webhooks.endpoints().enable(ADA, "https://ADA.example.com:8443/Hooks?job=9"))
        .isPresent();
    assertThat(webhooks.endpoints().enable(ADA, "https://ada.example.com:8443/hooks")).isEmpty();
  }

  @Test
  void events_for_a_disabled_endpoint_are_kept_as_skipped() {
    webhooks.due("ada", URL);
    webhooks.gone(webhooks.reserve().getFirst());

    var next = webhooks.due("ada", URL);

    assertThat(webhooks.only(next).state()).isEqualTo(DeliveryState.SKIPPED);
    assertThat(webhooks.reserve()).isEmpty();
  }

  @Test
  void steps_of_a_job_that_was_deleted_are_passed_over() {
    var job = webhooks.accept("ada", URL);
    webhooks.complete(job);
    webhooks
        .ledger()
        .asOwner
        .sql("delete from public.generation_jobs where request_id = :id")
        .param("id", job.value())
        .update();

    assertThat(webhooks.collect()).isEqualTo(new EventCollector.Collected(3, 0));
  }

  /** A step that is committed late has a lower number than those that were read already. */
  @Test
  void what_is_committed_late_is_told_late_and_once() throws SQLException {
    var late = webhooks.accept("ada", URL);
    webhooks.collect();
    try (var transaction = new OpenTransaction()) {
      transaction.end(late);
      var quick = webhooks.due("ada", URL);
      assertThat(webhooks.only(quick)).isNotNull(); // nobody waits for another's transaction
      assertThat(webhooks.missingNumbers()).isOne();
      webhooks.due("ada", URL);
      assertThat(webhooks.missingNumbers()).isOne();
      assertThat(webhooks.queries().ofJob(late, Visibility.ALL, 10)).isEmpty();

      transaction.commit();
    }

    assertThat(webhooks.collect().deliveries()).isOne();
    assertThat(webhooks.only(late).event()).isEqualTo(JobStatus.FAILED);
    assertThat(webhooks.missingNumbers()).isZero();
    assertThat(webhooks.collect()).isEqualTo(EventCollector.Collected.NOTHING);
  }

  @Test
  void a_number_whose_transaction_was_rolled_back_is_forgotten() throws SQLException {
    var job = webhooks.accept("ada", URL);
    try (var transaction = new OpenTransaction()) {
      transaction.end(job);
      webhooks.due("ada", URL);
      assertThat(webhooks.missingNumbers()).isOne();
      transaction.rollback();
    }

    webhooks.due("ada", URL);

    assertThat(webhooks.missingNumbers()).isZero();
    assertThat(webhooks.queries().ofJob(job, Visibility.ALL, 10)).isEmpty();
  }

  /** A dump that was read into a new server brings transaction ids that are far ahead there. */
  @Test
  void a_number_from_another_server_is_forgotten() {
    webhooks
        .ledger()
        .asOwner
        .sql(
            """
            update public.generation_webhook_cursor
            set missing = '{1}', missing_before = array[pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000000]::text[]::xid8[]
            """)
        .update();

    webhooks.due("ada", URL);

    assertThat(webhooks.missingNumbers()).isZero();
  }

  @Test
  void a_crash_before_the_commit_leaves_everything_to_the_next() throws SQLException {
    var job = webhooks.accept("ada", URL);
    webhooks.complete(job);
    try (var transaction = new OpenTransaction()) {
      var dying = new EventCollector(transaction.client);
      assertThat(dying.collect(100, "", PATIENCE).deliveries()).isOne();
      assertThat(webhooks.collect()).isEqualTo(EventCollector.Collected.NOTHING); // it has the lock

      transaction.rollback();
    }

    assertThat(webhooks.collect().deliveries()).isOne();
    assertThat(webhooks.only(job).event()).isEqualTo(JobStatus.COMPLETED);
  }

  @Test
  void each_event_has_one_delivery_however_many_gateways_collect() throws Exception {
    var answers =
        new Race<RequestId>()
            .add(
                60,
                () -> {
                  var job = webhooks.accept("ada", URL);
                  webhooks.complete(job);
                  return job;
                })
            .against(20, this::failsHalfway)
            .against(
                4,
                () -> {
                  for (var round = 0; round < 50; round++) {
                    webhooks.collector().collect(7, "", PATIENCE);
                  }
                  return true;
                })
            .run();
    while (webhooks.collect().steps() > 0) {
      // the rest
    }
    webhooks.collect(); // what was missing

    assertThat(answers).hasSize(60).allSatisfy(job -> assertThat(webhooks.only(job)).isNotNull());
    assertThat(webhooks.queries().count().waiting()).isEqualTo(60);
    assertThat(webhooks.missingNumbers()).isZero();
  }

  /** Draws a number, and never commits. */
  private boolean failsHalfway() throws SQLException {
    try (var transaction = new OpenTransaction()) {
      transaction.end(webhooks.accept("bob", URL));
      transaction.rollback();
    }
    return true;
  }

  private static String text(JsonNode json, String pointer) {
    return json.at(pointer).asString();
  }

  /** A transaction of the application that takes its time. */
  private final class OpenTransaction implements AutoCloseable {
    private final SingleConnectionDataSource source =
        new SingleConnectionDataSource(
            webhooks.ledger().database.url(),
            webhooks.ledger().database.owner(),
            webhooks.ledger().database.ownerPassword(),
            true);
    final JdbcClient client = JdbcClient.create(source);

    OpenTransaction() {
      source.setAutoCommit(false);
    }

    /** As the ledger does it: the job first, then the step. */
    void end(RequestId job) {
      client
          .sql(
              """
              with finished as (
                update public.generation_jobs
                set status = 'failed', finished_at = clock_timestamp(), error_code = 'x', error_message = 'y'
                where request_id = :id returning *)
              insert into public.generation_logs (request_id, user_id, prompt, status, step)
              select request_id, user_id, 'a', 'failed', 'nebius_api_error' from finished
              """)
          .param("id", job.value())
          .update();
    }

    void commit() throws SQLException {
      source.getConnection().commit();
    }

    void rollback() throws SQLException {
      source.getConnection().rollback();
    }

    @Override
    public void close() {
      source.destroy();
    }
  }
}
