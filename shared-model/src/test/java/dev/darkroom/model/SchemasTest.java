package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.GroupEvent.GroupedJob;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SchemasTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final RequestId ID = new RequestId(UUID.randomUUID());
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123456Z");

  private static final SchemaFile JOB = SchemaFile.named("generation-job");
  private static final SchemaFile EVENT = SchemaFile.named("generation-event");
  private static final SchemaFile CLOUD_EVENT = SchemaFile.named("generation-cloud-event");

  private static final SchemaFile GROUP = SchemaFile.named("group-event");

  private static final GroupedJob DONE =
      new GroupedJob(ID, JobStatus.COMPLETED, "/generated/x.webp", null);
  private static final GroupedJob REFUSED = new GroupedJob(ID, JobStatus.FAILED, null, "rejected");

  private static final GenerationEvent COMPLETED =
      new GenerationEvent(
          ID,
          "ada",
          JobStatus.COMPLETED,
          2,
          "/generated/x.webp",
          "ab".repeat(32),
          "image/webp",
          9L,
          NOW,
          null,
          null,
          null);
  private static final GenerationEvent FAILED =
      new GenerationEvent(
          ID, "ada", JobStatus.FAILED, 1, null, null, null, null, null, "rejected", "No.", NOW);

  static Stream<GenerationRequest> every_job_that_can_be_sent_matches() {
    return Stream.of(
        new GenerationRequest("x", null, 0, 1, null, 64, 2048, 0, null, null),
        new GenerationRequest(
            "x", "blurry", 0.7, 0.5, "sketch", 512, 512, Long.MAX_VALUE, null, null),
        new GenerationRequest(
            "🦊".repeat(2000), "🦊".repeat(2000), 1, 0, "🦊".repeat(64), 2048, 64, 42, null, null),
        new GenerationRequest(
            "x",
            null,
            0,
            1,
            null,
            64,
            64,
            0,
            null,
            Collections.nCopies(10, new Lora("https://example.com/l", 0.8))));
  }

  @ParameterizedTest
  @MethodSource
  void every_job_that_can_be_sent_matches(GenerationRequest request) {
    assertThat(JOB.complaints(job(request).toString())).isEmpty();
  }

  @Test
  void a_job_with_an_owner_and_a_webhook_matches_and_neither_is_there_where_it_has_none() {
    var request = new GenerationRequest("x", null, 0, 1, null, 64, 64, 0, null, null);
    var webhook = new JobWebhook("https://example.com/hooks", List.of(JobStatus.values()));
    ObjectNode told =
        JSON.valueToTree(
            new JobMessage(
                ID, "ada", request, Map.of("parameters", Map.of()), NOW, "acme", webhook, null));

    assertThat(JOB.complaints(told.toString())).isEmpty();
    assertThat(told.at("/webhook/events")).hasSize(JobStatus.values().length);
    set(told, "/webhook/url", "");
    assertThat(JOB.complaints(told.toString())).hasSize(1);
    assertThat(job(request).propertyNames()).doesNotContain("owner", "webhook");
  }

  @ParameterizedTest
  @CsvSource({
    "/requestId, not-a-uuid",
    "/deadlineAt, tomorrow",
    "/request/prompt, ''",
    "/request/width, 63",
    "/request/height, 2049",
    "/request/seed, -1",
    "/request/diffusionStrength, 1.1",
    "/request/styleIntensity, -0.1",
  })
  void a_job_with_a_value_outside_of_its_limits_does_not_match(String pointer, String value) {
    var job = job(new GenerationRequest("x", null, 0, 1, null, 64, 64, 0, null, null));
    set(job, pointer, value);

    assertThat(JOB.complaints(job.toString())).singleElement().asString().contains(pointer);
  }

  @ParameterizedTest
  @CsvSource({"requestId", "userId", "request", "deadlineAt"})
  void a_job_without_one_of_its_parts_does_not_match(String part) {
    var job = job(new GenerationRequest("x", null, 0, 1, null, 64, 64, 0, null, null));
    job.remove(part);

    assertThat(JOB.complaints(job.toString())).hasSize(1);
  }

  static Stream<GenerationEvent> every_event_that_can_be_sent_matches() {
    return Stream.of(
        COMPLETED,
        FAILED,
        GenerationEvent.progress(ID, "ada", JobStatus.STARTED, 0),
        GenerationEvent.progress(ID, "ada", JobStatus.PROCESSING, 3));
  }

  @ParameterizedTest
  @MethodSource
  void every_event_that_can_be_sent_matches(GenerationEvent event) {
    assertThat(EVENT.complaints(JSON.writeValueAsString(event))).isEmpty();
    assertThat(CLOUD_EVENT.complaints(cloudEvent(event).toString())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "imageUrl",
    "sha256",
    "contentType",
    "bytes",
    "completedAt",
    "requestId",
    "status",
    "attempts"
  })
  void a_completion_without_one_of_its_parts_does_not_match(String part) {
    ObjectNode event = JSON.valueToTree(COMPLETED);
    event.remove(part);

    assertThat(EVENT.complaints(event.toString())).isNotEmpty();
  }

  @Test
  void a_failure_with_a_picture_does_not_match() {
    ObjectNode event = JSON.valueToTree(FAILED);
    event.put("imageUrl", "/generated/x.webp");

    assertThat(EVENT.complaints(event.toString())).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/specversion, 0.3",
    "/id, 7",
    "/source, /elsewhere",
    "/type, darkroom.generation.failed",
    "/subject, job",
    "/time, 2026-11-22T12:00Z",
    "/traceparent, 00-x",
    "/data/sha256, ABC",
    "/data/status, cancelled",
  })
  void a_broken_cloud_event_does_not_match(String pointer, String value) {
    var event = cloudEvent(COMPLETED);
    set(event, pointer, value);

    assertThat(CLOUD_EVENT.complaints(event.toString())).isNotEmpty();
  }

  @Test
  void the_statuses_of_the_schema_are_those_of_the_code() {
    assertThat(List.of(JobStatus.values()))
        .allSatisfy(status -> {
          var event = cloudEvent(COMPLETED);
          set(event, "/data/status", status.word());
          assertThat(CLOUD_EVENT.complaints(event.toString()).stream())
              .noneMatch(complaint -> complaint.contains("enum"));
        });
  }

  static Stream<List<GroupedJob>> every_end_of_a_group_matches() {
    return Stream.of(List.of(DONE, DONE), List.of(DONE, REFUSED), Collections.nCopies(16, REFUSED));
  }

  @ParameterizedTest
  @MethodSource
  void every_end_of_a_group_matches(List<GroupedJob> jobs) {
    var event = GroupEvent.of(ID, "ada", jobs, NOW);
    assertThat(GROUP.complaints(JSON.writeValueAsString(event))).isEmpty();
    assertThat(JSON.readValue(JSON.writeValueAsString(event), GroupEvent.class)).isEqualTo(event);
  }

  @ParameterizedTest
  @CsvSource({
    "/status, failed",
    "/failed, 1",
    "/jobs/0/status, started",
    "/jobs/0/errorCode, rejected",
    "/groupId, x",
    "/endedAt, tomorrow"
  })
  void a_broken_end_of_a_group_does_not_match(String pointer, String value) {
    ObjectNode event = JSON.valueToTree(GroupEvent.of(ID, "ada", List.of(DONE, DONE), NOW));
    set(event, pointer, value);

    assertThat(GROUP.complaints(event.toString())).isNotEmpty();
  }

  private static ObjectNode job(GenerationRequest request) {
    return JSON.valueToTree(
        new JobMessage(ID, "ada", request, Map.of("parameters", Map.of()), NOW, ""));
  }

  private static ObjectNode cloudEvent(GenerationEvent event) {
    var status = event.status();
    return JSON.createObjectNode()
        .put("specversion", "1.0")
        .put("id", ID + ":" + status.word() + (status.isTerminal() ? "" : ":" + event.attempts()))
        .put("source", "/darkroom")
        .put("type", GenerationEvent.type(status))
        .put("subject", ID.toString())
        .put("time", NOW.toString())
        .put("datacontenttype", "application/json")
        .put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .set("data", JSON.<ObjectNode>valueToTree(event));
  }

  private static void set(ObjectNode root, String pointer, String value) {
    var slash = pointer.lastIndexOf('/');
    var parent = (ObjectNode) root.at(pointer.substring(0, slash));
    var isNumber = value.matches("-?[0-9.]+") && !pointer.equals("/specversion");
    parent.set(
        pointer.substring(slash + 1),
        isNumber ? JSON.readTree(value) : JSON.getNodeFactory().stringNode(value));
  }
}
