package dev.darkroom.worker.nebius;

import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.KeepOutcome;
import dev.darkroom.picture.PictureDraft;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.nebius.SendRequest.Answer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One {@code POST images/generations}, and how its answer is read. */
final class PostGeneration {
  private final SendRequest nebius;
  private final ReadReply reply;
  private final PictureStore store;
  private final JsonMapper json;
  private final Clock clock;

  PostGeneration(SendRequest nebius, PictureStore store, JsonMapper json, Clock clock) {
    this.nebius = nebius;
    this.reply = new ReadReply(json);
    this.store = store;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Makes the call and saves the picture. The store is asked first: what can't be kept is not
   * bought.
   *
   * @throws IOException where no whole answer came
   */
  AttemptOutcome post(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call)
      throws IOException {
    PictureDraft draft;
    try {
      draft = store.draft(id);
    } catch (IOException e) {
      return new AttemptOutcome.NotStored("The picture store does not answer: " + e.getMessage());
    }
    try (draft) {
      return nebius.post(
          "images/generations",
          json.writeValueAsBytes(parameters),
          passedOn(trace),
          call,
          answer -> read(draft, answer, call));
    }
  }

  private static List<Header> passedOn(@Nullable TraceParent trace) {
    return trace == null ? List.of() : List.of(new BasicHeader(TraceParent.HEADER, trace.value()));
  }

  private AttemptOutcome read(PictureDraft draft, Answer answer, CallInProgress call)
      throws IOException {
    var status = answer.status();
    if (status == 200) {
      return save(draft, answer, call);
    }
    var reason = reply.reason(status, answer.body());
    return switch (status) {
      case 400, 413, 422 -> new AttemptOutcome.Rejected(status, reason);
      case 401, 402, 403, 404 -> new AttemptOutcome.Misconfigured(status, reason);
      case 429 -> new AttemptOutcome.RateLimited(retryAfter(answer), reason);
      case 502, 503, 504 -> new AttemptOutcome.Unavailable(retryAfter(answer), reason);
      default ->
          new AttemptOutcome.Failed(status >= 500 ? "provider_unavailable" : "bad_reply", reason);
    };
  }

  private AttemptOutcome save(PictureDraft draft, Answer answer, CallInProgress call)
      throws IOException {
    try {
      reply.picture(answer.body(), draft.body());
    } catch (ReadReply.StoreRefused e) {
      return new AttemptOutcome.NotStored("The picture could not be saved: " + e.getMessage());
    } catch (ReadReply.BadReply e) {
      return new AttemptOutcome.Failed("bad_reply", String.valueOf(e.getMessage()));
    }
    call.answered();
    try {
      return switch (draft.keep()) {
        case KeepOutcome.Kept(var picture) -> new AttemptOutcome.Succeeded(picture);
        case KeepOutcome.NotAPicture(String reason) ->
            new AttemptOutcome.Failed("bad_reply", "The answer " + reason + ".");
      };
    } catch (IOException e) {
      return new AttemptOutcome.NotStored("The picture could not be saved: " + e.getMessage());
    }
  }

  /** Seconds or an HTTP date (RFC 9110, section 10.2.3); anything else is as good as nothing. */
  private @Nullable Duration retryAfter(Answer answer) {
    var value = answer.header(HttpHeaders.RETRY_AFTER);
    if (value == null) {
      return null;
    }
    try {
      return value.chars().allMatch(Character::isDigit)
          ? Duration.ofSeconds(Integer.parseInt(value))
          : until(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (NumberFormatException | DateTimeParseException e) {
      return null;
    }
  }

  private Duration until(Instant instant) {
    var duration = Duration.between(clock.instant(), instant);
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
