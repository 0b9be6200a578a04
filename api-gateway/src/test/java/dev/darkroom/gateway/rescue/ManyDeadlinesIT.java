package dev.darkroom.gateway.rescue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.TestingWorker;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Many deadlines come at once, and the picture store is slow or hangs. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ManyDeadlinesIT {
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(), TestServers.kafka(), "--darkroom.rescue.sweep=10m");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void pictures_are_looked_for_where_one_can_be_and_none_is_thrown_away() {
    var limited = claimed(120);
    limited.forEach(ManyDeadlinesIT::reschedule);
    var running = claimed(60);
    var saved = running.getFirst().requestId();
    var store = new SleepyStore(new CountDownLatch(0), saved);
    passDeadline(Duration.ofSeconds(1));

    rescue(store).round();

    assertThat(jobs(limited)).allMatch(job -> job.status() == JobStatus.FAILED);
    assertThat(jobs(running.subList(1, 60))).allMatch(job -> job.status() == JobStatus.FAILED);
    assertThat(jobs(running.subList(0, 1))).allMatch(job -> job.status() == JobStatus.COMPLETED);
    assertThat(store.asked)
        .containsExactlyInAnyOrderElementsOf(running.stream().map(Attempt::requestId).toList());
  }

  @Test
  void while_the_store_hangs_jobs_end_that_need_no_look_and_others_a_little_later() {
    var limited = claimed(20);
    limited.forEach(ManyDeadlinesIT::reschedule);
    var running = claimed(5);
    var wakes = new CountDownLatch(1);
    var rescue = rescue(new SleepyStore(wakes, null));
    passDeadline(Duration.ofSeconds(1));

    rescue.round();
    assertThat(jobs(limited)).allMatch(job -> job.status() == JobStatus.FAILED);
    assertThat(jobs(running)).allMatch(job -> job.status() == JobStatus.PROCESSING);

    passDeadline(Duration.ofSeconds(11));
    rescue.round();
    assertThat(jobs(running)).allMatch(job -> job.status() == JobStatus.FAILED);
    wakes.countDown();
  }

  private static JobRescuer rescue(PictureStore store) {
    return new JobRescuer(
        gateway.bean(JobQueries.class),
        gateway.bean(JobStore.class),
        gateway.bean(WorkerStore.class),
        gateway.bean(OutcomeStore.class),
        new StoredPictureCompleter(store, gateway.bean(OutcomeStore.class)),
        gateway.bean(EventPublisher.class),
        new RescueSettings(Duration.ofSeconds(1), Duration.ofSeconds(10)),
        new SimpleMeterRegistry());
  }

  private static List<Attempt> claimed(int number) {
    var ids =
        Stream.generate(() -> new RequestId(Generators.timeBasedEpochGenerator().generate()))
            .limit(number)
            .toList();
    var request = new GenerationRequest("A dunlin", null, 0.7, 0.5, null, 64, 64, 7, null, null);
    var trace = TraceParent.begin(new Random(1));
    var deadline = Duration.ofMinutes(5);
    gateway
        .bean(JobStore.class)
        .accept(
            ids.stream()
                .map(id -> new NewJob(id, "me", request, TestingWorker.CALL, deadline, trace))
                .toList());
    return gateway
        .bean(JobStore.class)
        .claimDue("a-worker", Duration.ofMinutes(5), UUID.randomUUID(), ids)
        .stream()
        .map(ClaimedJob::attempt)
        .toList();
  }

  private static void reschedule(Attempt attempt) {
    gateway
        .bean(JobStore.class)
        .rescheduleIfHeld(
            attempt,
            new RetryableFailure(
                Step.ATTEMPT_FAILED, "rate_limited", "Too fast.", false, Duration.ofMinutes(1)));
  }

  private static void passDeadline(Duration ago) {
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            update public.generation_queue
            set deadline_at = now() - :ago * interval '1 millisecond' where state <> 'ended'
            """)
        .param("ago", ago.toMillis())
        .update();
  }

  private static List<Job> jobs(List<Attempt> attempts) {
    return attempts.stream()
        .map(attempt ->
            gateway.bean(JobQueries.class).find(attempt.requestId(), Visibility.ALL).orElseThrow())
        .toList();
  }

  /** A store that has one picture at most, and answers when it is allowed to. */
  private record SleepyStore(CountDownLatch wakes, @Nullable RequestId saved, Set<RequestId> asked)
      implements PictureStore {
    SleepyStore(CountDownLatch wakes, @Nullable RequestId saved) {
      this(wakes, saved, ConcurrentHashMap.newKeySet());
    }

    @Override
    public Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> chosen) {
      asked.add(id);
      try {
        wakes.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return id.equals(saved)
          ? Optional.of(new StoredPicture(id, "ab".repeat(32), 7, PictureFormat.WEBP, 8, 8))
          : Optional.empty();
    }

    @Override
    public void settle(RequestId id, String sha256) {}

    @Override
    public PictureUpload upload(RequestId id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<InputStream> open(StoredPicture picture, ByteRange range) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean delete(RequestId id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> trouble(int pictures) {
      return Optional.empty();
    }
  }
}
