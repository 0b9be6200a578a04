package dev.darkroom.gateway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import dev.darkroom.testservers.TestServers;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What goes on while the picture store hangs. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HungStoreIT {
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(), TestServers.kafka(), "--testing.hung-deletions=true");
  }

  @AfterAll
  static void stop() {
    gateway.bean(TestingHungDeletions.class).wakes.countDown();
    gateway.close();
  }

  @Test
  void jobs_are_cancelled_and_consumers_are_told() {
    for (var job : jobsThatMayHaveAPicture()) {
      var reply = gateway.send(gateway.request("/api/generate/" + job).DELETE());
      assertThat(reply.text("/error/code")).isEqualTo("cancelled");
      awaitEvent(job);
    }
  }

  @Test
  void events_of_a_gateway_that_was_killed_are_published_by_another() {
    var jobs = jobsThatMayHaveAPicture();
    jobs.forEach(HungStoreIT::cancelAndBeKilled);
    jobs.forEach(HungStoreIT::awaitEvent);
  }

  /** A job stays in the queue until Kafka has its event. */
  private static void awaitEvent(String job) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            gateway
                .bean(JdbcClient.class)
                .sql("select request_id from public.generation_queue where request_id = :id::uuid")
                .param("id", job)
                .query()
                .listOfRows()
                .isEmpty());
  }

  /** More than there are threads to delete their pictures. */
  private static List<String> jobsThatMayHaveAPicture() {
    var unknown =
        new RetryableFailure(
            Step.ATTEMPT_OUTCOME_UNKNOWN,
            "outcome_unknown",
            "It broke.",
            false,
            Duration.ofMinutes(4));
    return Stream.generate(() -> gateway.submit("perhaps drawn"))
        .limit(5)
        .peek(job -> {
          var attempt = TestingWorker.of(gateway).claim(job);
          var _ = gateway.bean(JobStore.class).rescheduleIfHeld(attempt, unknown);
        })
        .toList();
  }

  private static void cancelAndBeKilled(String job) {
    var id = RequestId.parse(job).orElseThrow();
    gateway.bean(OutcomeStore.class).cancelIfOpen(id, Visibility.ALL, null);
    gateway
        .bean(JdbcClient.class)
        .sql("update public.generation_queue set publish_after = now() where request_id = :id")
        .param("id", id.value())
        .update();
  }

  /** Once a read that hung kept one of the few carriers of virtual threads. */
  @Test
  void clients_of_pictures_that_can_not_be_read_get_503_and_all_others_their_replies()
      throws Exception {
    var pipes = new ArrayList<Path>();
    var replies = new ArrayList<CompletableFuture<Reply>>();
    for (var i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      var job = completed();
      var pipe = pipeInPlaceOf(job);
      replies.add(onThread(() -> gateway.get("/generated/" + job + ".webp")));
      pipes.add(pipe);
    }
    var writers = new ArrayList<OutputStream>();
    try {
      for (var pipe : pipes) {
        writers.add(onThread(() -> openedOnceItIsRead(pipe)).get(20, SECONDS));
      }

      assertThat(gateway.post("{\"prompt\":\"A wren\"}", "Prefer", "wait=1").status())
          .isEqualTo(202);

      assertThat(replies)
          .allSatisfy(reply -> {
            assertThat(reply.get(20, SECONDS).status()).isEqualTo(503);
            assertThat(reply.join().header("Retry-After")).isEqualTo("5");
            assertThat(reply.join().text("/code")).isEqualTo("store_unavailable");
          });
    } finally {
      for (var writer : writers) {
        writer.close();
      }
    }
  }

  private static String completed() {
    var job = gateway.submit("A wren");
    TestingWorker.of(gateway)
        .completeSilently(
            job,
            new PictureRecord(
                "/generated/" + job + ".webp", TestingWorker.SHA256, "image/webp", 12));
    return job;
  }

  /** Whoever reads the picture hangs in the file system until somebody writes to the pipe. */
  private static Path pipeInPlaceOf(String job) throws IOException, InterruptedException {
    var created = RequestId.parse(job).flatMap(RequestId::createdAt).orElseThrow().toString();
    var root = gateway.bean(Environment.class).getRequiredProperty("darkroom.picture.dir");
    var place = Path.of(root, created.substring(0, 10), created.substring(11, 13), job);
    Files.createDirectories(place.getParent());
    var made = new ProcessBuilder("mkfifo", place.toString()).inheritIO().start().waitFor();
    assumeTrue(made == 0, "no named pipes here");
    return place;
  }

  private static OutputStream openedOnceItIsRead(Path pipe) {
    try {
      return new FileOutputStream(pipe.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the platform: virtual ones of this JVM are what may be stopped. */
  private static <T> CompletableFuture<T> onThread(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> Thread.ofPlatform().daemon().start(task));
  }
}
