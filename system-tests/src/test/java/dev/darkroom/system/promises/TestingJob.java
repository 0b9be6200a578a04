package dev.darkroom.system.promises;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import dev.darkroom.system.clients.ArrivedWebhook;
import dev.darkroom.system.clients.ClientObservations;
import dev.darkroom.system.clients.ClientReply;
import dev.darkroom.system.clients.ClientSubmission;
import dev.darkroom.system.clients.ReceivedEvent;
import dev.darkroom.system.clients.ReceivedEvent.EventSighting;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.JobRow;
import dev.darkroom.system.evidence.ObservedCall;
import dev.darkroom.system.evidence.ObservedCall.SimulatorReply;
import dev.darkroom.system.evidence.PictureFile;
import dev.darkroom.system.evidence.StepRow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Evidence of one sound job, to be spoiled: its first call was answered with 429 after 20 ms, its
 * second, a second later, brought the picture.
 */
final class TestingJob {
  static final Instant ACCEPTED = Instant.parse("2026-11-22T12:00:00Z");
  static final Duration SLACK = Duration.ofSeconds(10);

  private static final UUID ID = UUID.fromString("01a20447-e3de-71a7-b4d0-efaed399ad93");
  private static final String PROMPT = "A fox in the snow";
  private static final String URL = "/generated/" + ID + ".webp";
  private static final String SHA256 = "5f70bf18a0860070";

  private JobStatus status = JobStatus.COMPLETED;
  private final List<StepRow> steps = new ArrayList<>();
  private final List<ObservedCall> calls = new ArrayList<>();
  private final List<ReceivedEvent> events = new ArrayList<>();
  private final List<ArrivedWebhook> webhooks = new ArrayList<>();
  private final List<PictureFile> drafts = new ArrayList<>();
  private final List<ClientSubmission> submissions = new ArrayList<>();
  private @Nullable PictureFile picture = file("" + ID, SHA256, at(1_200));
  private @Nullable ClientObservations seen =
      new ClientObservations(at(1_400), ID, "completed", URL);
  private Instant finishedAt = at(1_250);
  private Instant takenAt = at(60_000);
  private boolean known = true;
  private int callsBilled = 1;
  private int callsUnknown;

  private TestingJob() {
    step(Step.REQUEST_RECEIVED, 0, Map.of());
    step(Step.CALLING_NEBIUS_API, 10, Map.of("attempt", 1, "parameters", parameters()));
    step(
        Step.ATTEMPT_FAILED,
        20,
        Map.of("attempt", 1, "code", "rate_limited", "reason", "Nebius answered 429: too fast"));
    step(Step.RETRY_SCHEDULED, 20, Map.of("attempt", 1));
    step(Step.CALLING_NEBIUS_API, 1_000, Map.of("attempt", 2, "parameters", parameters()));
    step(Step.IMAGE_GENERATED, 1_250, Map.of("attempt", 2));
    call(15, SimulatorReply.ERROR, 429);
    call(1_010, SimulatorReply.PICTURE, 200);
    events.add(end(JobStatus.COMPLETED));
    toldByWebhook("1", JobStatus.COMPLETED);
    submissions.add(told(ID));
  }

  static TestingJob completed() {
    return new TestingJob();
  }

  /** Its second attempt is under way. */
  static TestingJob running() {
    var job = new TestingJob().without(Step.IMAGE_GENERATED);
    job.status = JobStatus.PROCESSING;
    job.events.clear();
    job.webhooks.clear();
    job.picture = null;
    job.seen = null;
    return job;
  }

  /** Its second attempt failed as the first did, and that was its last. */
  static TestingJob failed() {
    var job = new TestingJob().without(Step.IMAGE_GENERATED);
    job.status = JobStatus.FAILED;
    job.callsBilled = 0;
    job.calls.removeLast();
    job.call(1_010, SimulatorReply.ERROR, 429);
    job.step(
        Step.ATTEMPT_FAILED,
        1_240,
        Map.of("attempt", 2, "code", "rate_limited", "reason", "Nebius answered 429: too fast"));
    job.step(Step.ATTEMPTS_EXHAUSTED, 1_250, Map.of("attempt", 2));
    job.events.clear();
    job.events.add(job.end(JobStatus.FAILED));
    job.webhooks.clear();
    job.toldByWebhook("1", JobStatus.FAILED);
    job.picture = null;
    job.seen = null;
    return job;
  }

  static Instant at(long millis) {
    return ACCEPTED.plusMillis(millis);
  }

  static Map<String, Object> parameters() {
    return Map.of("model", "sdxl", "prompt", PROMPT, "seed", 42L, "width", 64);
  }

  /** Adds a step; where it stands follows from its time. */
  TestingJob step(Step step, long millis, Map<String, Object> details) {
    var row =
        new StepRow(
            ID,
            0,
            step,
            step.status(),
            at(millis),
            details,
            step == Step.IMAGE_GENERATED ? URL : null);
    int place = 0;
    while (place < steps.size() && !steps.get(place).at().isAfter(row.at())) {
      place++;
    }
    steps.add(place, row);
    return this;
  }

  TestingJob call(long millis, SimulatorReply reply, @Nullable Integer answered) {
    return call(millis, reply, answered, parameters());
  }

  TestingJob call(
      long millis,
      SimulatorReply reply,
      @Nullable Integer answered,
      Map<String, Object> parameters) {
    var came = new HashMap<>(parameters);
    came.put("guidance_scale", 7.5);
    calls.add(
        new ObservedCall(
            calls.size() + 1L, at(millis), came, reply, answered, reply != SimulatorReply.ERROR));
    return this;
  }

  TestingJob without(Step step) {
    return withoutSteps(row -> row.step() == step);
  }

  TestingJob withoutSteps(Predicate<StepRow> unwanted) {
    steps.removeIf(unwanted);
    return this;
  }

  TestingJob changingSteps(Predicate<StepRow> those, UnaryOperator<StepRow> change) {
    steps.replaceAll(row -> those.test(row) ? change.apply(row) : row);
    return this;
  }

  TestingJob withoutCalls() {
    calls.clear();
    return this;
  }

  TestingJob withoutEvents() {
    events.clear();
    return this;
  }

  TestingJob withoutWebhooks() {
    webhooks.clear();
    return this;
  }

  TestingJob toldByWebhook(String id, JobStatus end) {
    webhooks.add(new ArrivedWebhook(ID, id, "darkroom.generation." + end.word()));
    return this;
  }

  TestingJob changingEvents(UnaryOperator<ReceivedEvent> change) {
    events.replaceAll(change);
    return this;
  }

  TestingJob withStatus(JobStatus other) {
    status = other;
    return this;
  }

  TestingJob finishedAfter(Duration duration) {
    finishedAt = ACCEPTED.plus(duration);
    return this;
  }

  TestingJob lookedAtAfter(Duration duration) {
    takenAt = ACCEPTED.plus(duration);
    return this;
  }

  TestingJob withPicture(@Nullable PictureFile file) {
    picture = file;
    return this;
  }

  TestingJob withPictureSavedAfter(long millis) {
    return withPicture(file("" + ID, SHA256, at(millis)));
  }

  TestingJob withDraftOf(long millis) {
    drafts.add(file(".draft", "", at(millis)));
    return this;
  }

  TestingJob seenAs(String word, @Nullable String imageUrl) {
    seen = new ClientObservations(at(1_400), ID, word, imageUrl);
    return this;
  }

  TestingJob withReceipt(int billed, int unknown) {
    callsBilled = billed;
    callsUnknown = unknown;
    return this;
  }

  TestingJob unknownToTheLedger() {
    known = false;
    return this;
  }

  TestingJob submitted(UUID... toldOf) {
    submissions.add(told(toldOf));
    return this;
  }

  static PictureFile file(String name, String sha256, Instant savedAt) {
    return new PictureFile(Path.of("pictures", name), name, sha256, 500, savedAt);
  }

  private static ClientSubmission told(UUID... ids) {
    var answers = new ArrayList<ClientReply>();
    for (var id : ids) {
      answers.add(new ClientReply(ACCEPTED, Duration.ofMillis(5), "gateway-1", 202, id, null));
    }
    return new ClientSubmission("key", PROMPT, answers);
  }

  private ReceivedEvent end(JobStatus as) {
    boolean completed = as == JobStatus.COMPLETED;
    var data = new HashMap<String, Object>();
    data.put("requestId", ID.toString());
    data.put("status", as.word());
    data.put("attempts", 2);
    if (completed) {
      data.put("imageUrl", URL);
      data.put("sha256", SHA256);
      data.put("contentType", "image/webp");
      data.put("bytes", 500L);
      data.put("completedAt", at(1_250).toString());
    } else {
      data.put("errorCode", "rate_limited");
      data.put("errorMessage", "too fast");
      data.put("failedAt", at(1_250).toString());
    }
    return new ReceivedEvent(
        at(1_300),
        ID,
        ID + ":" + as.word(),
        "darkroom.generation." + as.word(),
        at(1_250),
        data,
        EventSighting.THERE,
        completed ? EventSighting.THERE : EventSighting.NOT_SEEN);
  }

  private JobRow row() {
    boolean completed = status == JobStatus.COMPLETED;
    boolean failed = status == JobStatus.FAILED;
    return new JobRow(
        ID,
        PROMPT,
        42,
        status,
        2,
        ACCEPTED,
        ACCEPTED.plusSeconds(60),
        status.isTerminal() ? finishedAt : null,
        completed ? URL : null,
        completed ? SHA256 : null,
        completed ? "image/webp" : null,
        completed ? 500L : null,
        failed ? "rate_limited" : null,
        failed ? "too fast" : null,
        callsBilled,
        callsUnknown,
        true,
        status.isTerminal());
  }

  JobHistory history() {
    var numbered = new ArrayList<StepRow>();
    for (var row : steps) {
      numbered.add(
          new StepRow(
              row.requestId(),
              numbered.size() + 1,
              row.step(),
              row.status(),
              row.at(),
              row.details(),
              row.imageUrl()));
    }
    return new JobHistory(row(), numbered, calls, picture, events, webhooks, seen);
  }

  Evidence evidence() {
    return new Evidence(
        takenAt,
        submissions,
        known ? List.of(history()) : List.of(),
        List.of(),
        known ? List.of() : calls,
        known ? List.of() : events,
        drafts);
  }
}
