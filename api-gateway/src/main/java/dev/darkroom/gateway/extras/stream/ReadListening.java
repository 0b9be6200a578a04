package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.http.BadField;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads whose steps are asked for, and after which one, and notes every mistake. An empty parameter
 * is absent.
 */
final class ReadListening {
  static final String LAST_EVENT_ID = "Last-Event-ID";

  private static final int MOST_REQUESTS = 16;

  /** As many digits as a long always holds. */
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final HttpServletRequest request;
  private final List<BadField> bad = new ArrayList<>();

  private ReadListening(HttpServletRequest request) {
    this.request = request;
  }

  /** What was read. */
  sealed interface Reading {
    /**
     * It can be answered.
     *
     * @param heard the number of the last step that was heard; empty where none was
     */
    record Understood(Wanted wanted, OptionalLong heard) implements Reading {}

    /** One of the requests can't exist. */
    record Unknown() implements Reading {}

    record Bad(List<BadField> errors) implements Reading {}
  }

  /** Steps of the request that the path names. */
  static Reading of(String requestId, HttpServletRequest request) {
    return new ReadListening(request).ofRequests(List.of(requestId));
  }

  /** Steps of those that the query names. */
  static Reading of(HttpServletRequest request) {
    return new ReadListening(request).ofQuery();
  }

  private Reading ofQuery() {
    var userId = values("userId");
    var requestIds = values("requestId");
    if (userId.isEmpty() == requestIds.isEmpty()) {
      bad.add(new BadField("userId", "or requestId must be given, and not both"));
    }
    if (userId.size() > 1) {
      bad.add(new BadField("userId", "must be given once"));
    }
    if (requestIds.size() > MOST_REQUESTS) {
      bad.add(new BadField("requestId", "must be given at most %d times".formatted(MOST_REQUESTS)));
    }
    return userId.isEmpty() ? ofRequests(requestIds) : ofUser(userId.getFirst());
  }

  private Reading ofUser(String userId) {
    if (GenerationRequest.characters(userId) > GenerationRequest.MAX_USER_ID) {
      bad.add(
          new BadField(
              "userId",
              "must have at most %d characters".formatted(GenerationRequest.MAX_USER_ID)));
    }
    if (!GenerationRequest.isStorable(userId)) {
      bad.add(new BadField("userId", "must not contain the character U+0000"));
    }
    var after = after();
    return bad.isEmpty()
        ? new Reading.Understood(new Wanted.OfUser(userId), after)
        : new Reading.Bad(List.copyOf(bad));
  }

  private Reading ofRequests(List<String> texts) {
    var after = after();
    if (!bad.isEmpty()) {
      return new Reading.Bad(List.copyOf(bad));
    }
    var ids = new HashSet<RequestId>();
    for (var text : texts) {
      var id = RequestId.parse(text);
      if (id.isEmpty()) {
        return new Reading.Unknown();
      }
      ids.add(id.get());
    }
    return new Reading.Understood(new Wanted.OfRequests(ids), after);
  }

  /** A browser that comes back sends the header; the address stays what it was at first. */
  private OptionalLong after() {
    var header = Optional.ofNullable(request.getHeader(LAST_EVENT_ID)).filter(id -> !id.isBlank());
    var last = header.or(() -> values("lastEventId").stream().findFirst());
    if (last.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!NUMBER.matcher(last.get()).matches()) {
      bad.add(
          new BadField(
              header.isPresent() ? LAST_EVENT_ID : "lastEventId", "must be the id of an event"));
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(last.get()));
  }

  private List<String> values(String name) {
    var values = request.getParameterValues(name);
    return values == null
        ? List.of()
        : Stream.of(values).filter(value -> !value.isBlank()).toList();
  }
}
