package dev.darkroom.worker.nebius;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Tells answers that name a task, to be asked for later, from those that merely hold no picture:
 * the task may be carried out and billed, so that another call would buy a second picture.
 */
final class TaskAnswer {
  private static final List<String> IDS =
      List.of(
          "task_id",
          "taskId",
          "job_id",
          "jobId",
          "prediction_id",
          "operation_id",
          "polling_url",
          "status_url");

  private static final List<String> STATES =
      List.of("status", "state", "task_status", "taskStatus", "job_status");

  private static final Set<String> UNDER_WAY =
      Set.of(
          "queued",
          "inqueue",
          "pending",
          "processing",
          "running",
          "inprogress",
          "starting",
          "started",
          "submitted",
          "created",
          "accepted",
          "waiting",
          "scheduled",
          "preparing",
          "generating",
          "initializing",
          "notstarted");

  private TaskAnswer() {}

  static boolean isOne(JsonNode body) {
    return ErrorBodyParser.places(body)
        .anyMatch(place ->
            IDS.stream().map(place::path).anyMatch(TaskAnswer::isNamed)
                || STATES.stream()
                    .flatMap(state -> word(place.path(state)))
                    .anyMatch(UNDER_WAY::contains)
                || !place.path("done").asBoolean(true));
  }

  private static boolean isNamed(JsonNode id) {
    return id.isIntegralNumber() || !id.stringValue("").isBlank();
  }

  private static Stream<String> word(JsonNode state) {
    return Stream.of(state.stringValue("").toLowerCase(Locale.ROOT).replaceAll("[^a-z]", ""));
  }
}
