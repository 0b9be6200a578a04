package dev.darkroom.worker;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import dev.darkroom.ledger.log.LogQueries;
import dev.darkroom.ledger.queue.FairQueue;
import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.messaging.JobRecords;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * The gateway's part in a worker's tests: accepts jobs, and publishes what is due when it is told
 * to.
 */
final class TestingGateway {
  private final JobStore accept;
  private final JobOutbox outbox;
  private final FairQueue turns;
  private final JobQueries find;
  private final LogQueries logs;
  private final JobRecords records;
  private final KafkaTemplate<String, byte[]> kafka;
  private final JdbcClient database;

  @SuppressWarnings("unchecked")
  TestingGateway(ApplicationContext context) {
    accept = context.getBean(JobStore.class);
    outbox = context.getBean(JobOutbox.class);
    turns = context.getBean(FairQueue.class);
    find = context.getBean(JobQueries.class);
    logs = context.getBean(LogQueries.class);
    records = context.getBean(JobRecords.class);
    kafka = context.getBean(KafkaTemplate.class);
    database = context.getBean(JdbcClient.class);
  }

  RequestId submit(String prompt) {
    return submit(new RequestId(UUID.randomUUID()), prompt);
  }

  RequestId submit(RequestId id, String prompt) {
    publish(accept(id, prompt, Duration.ofMinutes(15)));
    return id;
  }

  /** Accepts a job, and sends a record that asks for something else in its name. */
  RequestId submitForged(String prompt, String forged) {
    var id = new RequestId(UUID.randomUUID());
    var accepted = accept(id, prompt, Duration.ofMinutes(15)).getFirst();
    var message =
        new JobMessage(
            id,
            accepted.message().userId(),
            new GenerationRequest(forged, null, 0.7, 0.5, "sketch", 96, 64, 7, null, null),
            Map.of("parameters", TestingParameters.of(forged)),
            accepted.message().deadlineAt(),
            "");
    publish(
        List.of(
            new DueJob(
                message, accepted.trace(), accepted.acceptedAt(), accepted.reservedUntil())));
    return id;
  }

  /** Accepts a job that is not published before its reservation has lapsed. */
  RequestId accept(String prompt, Duration deadline) {
    var id = new RequestId(UUID.randomUUID());
    accept(id, prompt, deadline);
    return id;
  }

  private List<DueJob> accept(RequestId id, String prompt, Duration deadline) {
    var request = new GenerationRequest(prompt, null, 0.7, 0.5, "sketch", 96, 64, 7, null, null);
    var trace = TraceParent.begin(new Random(1));
    var job =
        new NewJob(
            id, "me", request, Map.of("parameters", TestingParameters.of(prompt)), deadline, trace);
    return List.of(((Accepted) accept.accept(List.of(job)).getFirst()).job());
  }

  /** What the gateway's sweeps do. */
  void publishDue() {
    publish(outbox.reserveDue(100));
    turns.drawForDue(100);
    turns.dispatch(1_000, 1_000, 100).ifPresent(batch -> publish(batch.jobs()));
  }

  private void publish(List<DueJob> jobs) {
    jobs.forEach(job -> kafka.send(records.write(job)).join());
    outbox.markEnqueued(jobs);
  }

  /** How many have not ended. One question, which a test may ask often on a busy machine. */
  long countOpen(Collection<RequestId> jobs) {
    return database
        .sql(
            """
            select count(*) from public.generation_jobs
            where finished_at is null and request_id = any (:ids::uuid[])
            """)
        .param("ids", jobs.stream().map(RequestId::toString).toArray(String[]::new))
        .query(Long.class)
        .single();
  }

  Job job(RequestId id) {
    return find.find(id, Visibility.ALL).orElseThrow();
  }

  /** As it is in the log, which a job's own steps shorten. */
  Map<String, Object> intent(RequestId id) {
    var intent =
        logs
            .page(
                LogPosition.START,
                new LogFilter(id, null, null, null, null, null),
                Visibility.ALL,
                50,
                0)
            .entries()
            .stream()
            .filter(entry -> entry.step().equals(Step.CALLING_NEBIUS_API.word()))
            .findFirst()
            .orElseThrow();
    return Map.copyOf(Objects.requireNonNull(intent.details()));
  }

  List<String> steps(RequestId id) {
    return job(id).steps().stream().map(entry -> entry.step()).toList();
  }
}
