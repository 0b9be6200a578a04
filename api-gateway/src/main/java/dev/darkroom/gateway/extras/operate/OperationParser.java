package dev.darkroom.gateway.extras.operate;

import dev.darkroom.gateway.http.FieldReader;
import dev.darkroom.gateway.http.JsonObjectReader;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.model.ImageModel;
import dev.darkroom.gateway.model.ModelCatalog;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.operate.JobFilter;
import dev.darkroom.ledger.operate.Operation.OperationAction;
import dev.darkroom.ledger.operate.PauseStore.PauseScope;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Parses the bodies of operators' requests. */
final class OperationParser {
  static final int LONGEST_REASON = 500;

  private static final int LONGEST_CODE = 64;
  private static final String DEFAULT_REASON = "No reason was given.";

  private final JsonObjectReader json = new JsonObjectReader(RequestBody.LIMIT);
  private final ModelCatalog models;

  OperationParser(ModelCatalog models) {
    this.models = models;
  }

  /** Whom a pause or its end concerns. */
  record PauseRequest(PauseScope scope, String name, String reason) {}

  /**
   * A change of many jobs.
   *
   * @param dryRun whether the jobs are only counted
   */
  record OperationRequest(
      OperationAction action, JobFilter filter, boolean dryRun, @Nullable String reason) {}

  /** An empty body concerns all. */
  Parsed<PauseRequest> pause(String body) {
    var object = read(body);
    if (object.isEmpty()) {
      return notAnObject();
    }
    var fields = new FieldReader(object.get());
    fields.allowOnly("userId", "model", "reason");
    var user = name(fields, "userId", GenerationRequest.MAX_USER_ID);
    var model = model(fields);
    var reason = fields.text("reason", LONGEST_REASON).orElse(DEFAULT_REASON);
    if (user.isPresent() && model.isPresent()) {
      fields.reject("model", "must not be combined with userId; pause one after the other");
    }
    if (!fields.errors().isEmpty()) {
      return new Parsed.BadFields<>(fields.errors());
    }
    return new Parsed.Success<>(
        user.map(name -> new PauseRequest(PauseScope.USER, name, reason))
            .or(() -> model.map(name -> new PauseRequest(PauseScope.MODEL, name, reason)))
            .orElseGet(() -> new PauseRequest(PauseScope.ALL, "", reason)));
  }

  Parsed<OperationRequest> operation(String body) {
    var object = read(body);
    if (object.isEmpty()) {
      return notAnObject();
    }
    var fields = new FieldReader(object.get());
    fields.allowOnly("action", "filter", "dryRun", "reason");
    var actions = Stream.of(OperationAction.values()).map(OperationAction::word).toList();
    var action = fields.oneOf("action", actions);
    if (action.isEmpty() && fields.errors().isEmpty()) {
      fields.reject("action", "is required: one of " + String.join(", ", actions));
    }
    var filter = filter(fields);
    var dryRun = fields.flag("dryRun");
    var reason = fields.text("reason", LONGEST_REASON);
    action.ifPresent(word -> checkStatus(fields, word, filter.status()));
    return fields.errors().isEmpty()
        ? new Parsed.Success<>(
            new OperationRequest(
                OperationAction.of(action.orElseThrow()), filter, dryRun, reason.orElse(null)))
        : new Parsed.BadFields<>(fields.errors());
  }

  private JobFilter filter(FieldReader fields) {
    var inside = fields.object("filter");
    inside.allowOnly("status", "errorCode", "userId", "model", "since", "until");
    var statuses = Stream.of(JobStatus.values()).map(JobStatus::word).toList();
    var filter =
        new JobFilter(
            inside.oneOf("status", statuses).flatMap(JobStatus::of).orElse(null),
            name(inside, "errorCode", LONGEST_CODE).orElse(null),
            name(inside, "userId", GenerationRequest.MAX_USER_ID).orElse(null),
            model(inside).orElse(null),
            inside.instant("since").orElse(null),
            inside.instant("until").orElse(null));
    if (filter.isEmpty() && fields.errors().isEmpty()) {
      fields.reject(
          "filter",
          "is required: an object with at least one of status, errorCode, userId, model, since, until");
    }
    if (filter.since() != null
        && filter.until() != null
        && !filter.since().isBefore(filter.until())) {
      inside.reject("until", "must be after since");
    }
    return filter;
  }

  /** Jobs have the model's own name, whatever alias their requests had. */
  private Optional<String> model(FieldReader fields) {
    return name(fields, "model", GenerationRequest.MAX_MODEL)
        .map(name -> models.find(name).map(ImageModel::name).orElse(name));
  }

  /** Elsewhere a blank text is an absent one; here that would concern everybody's jobs. */
  private static Optional<String> name(FieldReader fields, String field, int max) {
    var before = fields.errors().size();
    var name = fields.text(field, max);
    if (name.isEmpty()
        && fields.errors().size() == before
        && !fields.value(field).isMissingNode()) {
      fields.reject(field, "must not be blank; leave it out to name none");
    }
    return name;
  }

  /** A mistake here would change nothing, and look as if nothing had matched. */
  private static void checkStatus(FieldReader fields, String action, @Nullable JobStatus status) {
    var ended = status != null && status.isTerminal();
    if (status != null && ended != OperationAction.of(action).isOfEnded()) {
      fields.reject(
          "filter.status",
          ended
              ? "must be started or processing: only open jobs can be cancelled"
              : "must be completed or failed: only ended jobs can be replayed");
    }
  }

  private Optional<JsonNode> read(String body) {
    try {
      var object = json.read(body.isBlank() ? "{}" : body);
      return object.isObject() ? Optional.of(object) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static <T> Parsed<T> notAnObject() {
    return new Parsed.BadFields<>(
        List.of(new Parsed.BadField("body", "must be a valid JSON object")));
  }
}
