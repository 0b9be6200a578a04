package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Whose steps a client asks for.
 *
 * @param userId empty where it asks for those of some requests
 * @param requestIds all of them valid, or none
 * @param visible what the client sees
 * @param lastEventId the number of the last step that it got; empty where it got none
 */
record Subscription(
    Optional<String> userId,
    Set<RequestId> requestIds,
    Visibility visible,
    OptionalLong lastEventId) {
  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final int MOST_REQUESTS = 16;

  Subscription {
    requestIds = Set.copyOf(requestIds);
  }

  boolean isOfUser() {
    return userId.isPresent();
  }

  boolean isFor(LogEntry step) {
    return userId.map(step.userId()::equals).orElseGet(() -> requestIds.contains(step.requestId()))
        && visible.includes(step.owner());
  }

  /** The steps of one request come in the order of their numbers; those of several may not. */
  boolean isOrdered() {
    return requestIds.size() == 1;
  }

  /** To the steps of the request in the path. */
  static Parsed<Subscription> read(String requestId, HttpServletRequest request) {
    var parameters = new RequestParameters(request);
    var last = lastEventId(request, parameters);
    return parameters.parsed(() ->
        new Subscription(
            Optional.empty(), requestIds(List.of(requestId)), Caller.of(request).sees(), last));
  }

  /** To the steps of the user or the requests in the query. */
  static Parsed<Subscription> read(HttpServletRequest request) {
    var parameters = new RequestParameters(request);
    var userIds = parameters.texts("userId");
    var requestIds = parameters.texts("requestId");
    if (userIds.isEmpty() == requestIds.isEmpty()) {
      parameters.reject("userId", "or requestId must be given, and not both");
    }
    if (userIds.size() > 1) {
      parameters.reject("userId", "must be given once");
    }
    if (requestIds.size() > MOST_REQUESTS) {
      parameters.reject("requestId", "must be given at most %d times".formatted(MOST_REQUESTS));
    }
    var userId = userIds.stream().findFirst();
    userId.ifPresent(id -> check(id, parameters));
    var last = lastEventId(request, parameters);
    return parameters.parsed(
        () -> new Subscription(userId, requestIds(requestIds), Caller.of(request).sees(), last));
  }

  private static void check(String userId, RequestParameters parameters) {
    if (GenerationRequest.characters(userId) > GenerationRequest.MAX_USER_ID) {
      parameters.reject(
          "userId", "must have at most %d characters".formatted(GenerationRequest.MAX_USER_ID));
    }
    if (!GenerationRequest.isStorable(userId)) {
      parameters.reject("userId", "must not contain the character U+0000");
    }
  }

  private static Set<RequestId> requestIds(List<String> texts) {
    var ids = new HashSet<RequestId>();
    for (var text : texts) {
      var id = RequestId.parse(text);
      if (id.isEmpty()) {
        return Set.of();
      }
      ids.add(id.get());
    }
    return ids;
  }

  /** A browser that reconnects sends the header; the address stays what it was at first. */
  private static OptionalLong lastEventId(
      HttpServletRequest request, RequestParameters parameters) {
    var header = Optional.ofNullable(request.getHeader(LAST_EVENT_ID)).filter(id -> !id.isBlank());
    var text = header.or(() -> parameters.text("lastEventId"));
    var number = text.map(RequestParameters::digits).orElseGet(OptionalLong::empty);
    if (text.isPresent() && number.isEmpty()) {
      parameters.reject(
          header.isPresent() ? LAST_EVENT_ID : "lastEventId", "must be the id of an event");
    }
    return number;
  }
}
