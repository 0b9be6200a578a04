package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.FieldReader;
import dev.darkroom.gateway.http.JsonObjectReader;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.webhooks.WebhookOwner;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.network.CallbackUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads the body of a request about webhooks, and collects every bad field. */
final class WebhookBody {
  private static final JsonObjectReader JSON = new JsonObjectReader(RequestBody.LIMIT);

  private final String caller;
  private final FieldReader fields;

  private WebhookBody(String caller, JsonNode object) {
    this.caller = caller;
    this.fields = new FieldReader(object);
  }

  /** The reply to the body, or to one that is no JSON object. */
  static Object handle(HttpServletRequest request, Function<WebhookBody, Object> reply) {
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) ->
          object(text)
              .map(object -> reply.apply(new WebhookBody(Caller.of(request).owner(), object)))
              .orElseGet(() -> Problem.badField("body", "must be a JSON object").answer());
    };
  }

  private static Optional<JsonNode> object(String text) {
    try {
      return Optional.of(JSON.read(text)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** The reply, unless a field that was read is bad. */
  Object answer(Supplier<Object> reply) {
    return fields.errors().isEmpty() ? reply.get() : Problem.badFields(fields.errors()).answer();
  }

  /** Whose webhooks: the caller's, with a label like that of a submission. */
  WebhookOwner owner() {
    return new WebhookOwner(
        caller,
        fields.text("userId", GenerationRequest.MAX_USER_ID).orElse(GenerationRequest.ANONYMOUS));
  }

  /** Required. */
  String url(boolean insecure) {
    var before = fields.errors().size();
    var url = fields.text("url", CallbackUrl.MAX_LENGTH).orElse("");
    if (fields.errors().size() == before) {
      CallbackUrl.fault(url, insecure).ifPresent(fault -> reject("url", fault));
    }
    return url;
  }

  /** Required. */
  Instant instant(String field) {
    var before = fields.errors().size();
    var instant = fields.instant(field);
    if (instant.isEmpty() && fields.errors().size() == before) {
      reject(field, RequestParameters.TIMESTAMP_RULE);
    }
    return instant.orElse(Instant.EPOCH);
  }

  <T> Optional<T> oneOf(String field, List<T> values, Function<T, String> word) {
    return fields
        .oneOf(field, values.stream().map(word).toList())
        .flatMap(chosen ->
            values.stream().filter(value -> word.apply(value).equals(chosen)).findFirst());
  }

  void reject(String field, String message) {
    fields.reject(field, message);
  }
}
