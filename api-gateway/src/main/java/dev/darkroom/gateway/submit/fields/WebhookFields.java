package dev.darkroom.gateway.submit.fields;

import dev.darkroom.gateway.http.FieldReader;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.network.CallbackUrl;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads where a client wants to hear of its job, and of what. */
public final class WebhookFields {
  private static final String URL = "webhookUrl";
  private static final String EVENTS = "webhookEvents";
  private static final List<JobStatus> DEFAULT = List.of(JobStatus.COMPLETED, JobStatus.FAILED);

  private static final String RULE =
      "must be an array of 1 to %d of %s"
          .formatted(
              JobStatus.values().length,
              Stream.of(JobStatus.values()).map(JobStatus::word).collect(Collectors.joining(", ")));

  private WebhookFields() {}

  /**
   * Empty where none is wanted, and where a field is bad.
   *
   * @param insecure whether http and private hosts are allowed
   */
  public static Optional<JobWebhook> read(FieldReader fields, boolean insecure) {
    var before = fields.errors().size();
    var events = events(fields);
    var url = fields.text(URL, CallbackUrl.MAX_LENGTH);
    url.flatMap(text -> CallbackUrl.fault(text, insecure))
        .ifPresent(fault -> fields.reject(URL, fault));
    if (url.isEmpty() && events.isPresent() && fields.errors().size() == before) {
      fields.reject(EVENTS, "needs " + URL);
    }
    return fields.errors().size() == before
        ? url.map(text -> new JobWebhook(text, events.orElse(DEFAULT)))
        : Optional.empty();
  }

  /** Each once and in one order, so that an order of the client's makes no other request. */
  private static Optional<List<JobStatus>> events(FieldReader fields) {
    var array = fields.value(EVENTS);
    if (array.isMissingNode()) {
      return Optional.empty();
    }
    var words = array.valueStream().filter(JsonNode::isString).map(JsonNode::stringValue).toList();
    var events =
        Stream.of(JobStatus.values()).filter(status -> words.contains(status.word())).toList();
    if (!array.isArray() || events.isEmpty() || events.size() != array.size()) {
      fields.reject(EVENTS, RULE);
      return Optional.empty();
    }
    return Optional.of(events);
  }
}
