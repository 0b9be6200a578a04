package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.webhooks.WebhookOwner;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.network.CallbackUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the body of a request about webhooks, whose fields are texts, and collects every bad one. A
 * bad field reads like an absent one, and so do null and a blank text.
 */
final class WebhookBody {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final int LONGEST_TIMESTAMP = 40;
  private static final String TIMESTAMP_RULE =
      "must be an RFC 3339 date and time with an offset, such as 2026-11-24T12:30:00Z";

  private final String caller;
  private final JsonNode object;
  private final List<BadField> errors = new ArrayList<>();

  private WebhookBody(String caller, JsonNode object) {
    this.caller = caller;
    this.object = object;
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
      return Optional.of(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** The reply, unless a field that was read is bad. */
  Object answer(Supplier<Object> reply) {
    return errors.isEmpty() ? reply.get() : Problem.badFields(errors).answer();
  }

  /** Whose webhooks: the caller's, with a label like that of a submission. */
  WebhookOwner owner() {
    return new WebhookOwner(
        caller, text("userId", GenerationRequest.MAX_USER_ID).orElse(GenerationRequest.ANONYMOUS));
  }

  /** Required. */
  String url(boolean insecure) {
    var before = errors.size();
    var url = text("url", CallbackUrl.MAX_LENGTH).orElse("");
    if (errors.size() == before) {
      CallbackUrl.fault(url, insecure).ifPresent(fault -> reject("url", fault));
    }
    return url;
  }

  /** Required. */
  Instant instant(String field) {
    try {
      var instant =
          text(field, LONGEST_TIMESTAMP)
              .map(text -> OffsetDateTime.parse(text).toInstant())
              .orElse(Instant.MIN);
      if (!instant.isBefore(Instant.EPOCH) && !instant.isAfter(LATEST)) {
        return instant;
      }
    } catch (DateTimeException e) {
      // rejected below
    }
    reject(field, TIMESTAMP_RULE);
    return Instant.EPOCH;
  }

  <T> Optional<T> oneOf(String field, List<T> values, Function<T, String> word) {
    var text = text(field, GenerationRequest.MAX_USER_ID);
    var chosen =
        text.flatMap(t -> values.stream().filter(value -> word.apply(value).equals(t)).findFirst());
    if (text.isPresent() && chosen.isEmpty()) {
      reject(
          field, "must be one of " + values.stream().map(word).collect(Collectors.joining(", ")));
    }
    return chosen;
  }

  void reject(String field, String message) {
    errors.add(new BadField(field, message));
  }

  private Optional<String> text(String field, int max) {
    var node = object.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isString()
        || GenerationRequest.characters(node.stringValue()) > max
        || !isStorable(node.stringValue())) {
      reject(
          field,
          "must be a string of at most %d characters, without U+0000 and halves of surrogate pairs"
              .formatted(max));
      return Optional.empty();
    }
    return Optional.of(node.stringValue()).filter(text -> !text.isBlank());
  }

  private static boolean isStorable(String text) {
    return text.codePoints()
        .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }
}
