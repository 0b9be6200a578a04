package dev.darkroom.worker.nebius;

import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.KeepOutcome;
import dev.darkroom.picture.PictureDraft;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.quota.CallPermits;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** One {@code POST images/generations}, and how its answer is read. */
final class PostGeneration {
  private final RestClient nebius;
  private final ReadReply reply;
  private final PictureStore store;
  private final JsonMapper json;
  private final CallPermits permits;
  private final Clock clock;

  PostGeneration(
      RestClient nebius, PictureStore store, JsonMapper json, CallPermits permits, Clock clock) {
    this.nebius = nebius;
    this.reply = new ReadReply(json);
    this.store = store;
    this.json = json;
    this.permits = permits;
    this.clock = clock;
  }

  /**
   * Makes the call and saves the picture. The store is asked first: what can't be kept is not
   * bought.
   *
   * @throws org.springframework.web.client.ResourceAccessException where no whole answer came
   */
  AttemptOutcome post(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call) {
    var begun = System.nanoTime();
    try (var draft = store.draft(id)) {
      return nebius
          .post()
          .uri("images/generations")
          .contentType(MediaType.APPLICATION_JSON)
          .accept(MediaType.APPLICATION_JSON)
          .headers(headers -> passOn(trace, headers))
          .body(json.writeValueAsBytes(parameters)) // as bytes, so that their number is sent first
          .exchangeForRequiredValue((_, response) -> {
            permits.heard(response.getStatusCode().value(), response.getHeaders()::getFirst, begun);
            return read(draft, response, call);
          });
    } catch (IOException e) {
      return new AttemptOutcome.NotStored("The picture store does not answer: " + e.getMessage());
    }
  }

  private static void passOn(@Nullable TraceParent trace, HttpHeaders headers) {
    if (trace != null) {
      headers.set(TraceParent.HEADER, trace.value());
    }
  }

  private AttemptOutcome read(PictureDraft draft, ClientHttpResponse response, CallInProgress call)
      throws IOException {
    var status = response.getStatusCode().value();
    if (status == 200) {
      return save(draft, response, call);
    }
    var reason = reply.reason(status, response.getBody());
    return switch (status) {
      case 400, 413, 422 -> new AttemptOutcome.Rejected(status, reason);
      case 401, 402, 403, 404 -> new AttemptOutcome.Misconfigured(status, reason);
      case 429 -> new AttemptOutcome.RateLimited(retryAfter(response.getHeaders()), reason);
      case 502, 503, 504 ->
          new AttemptOutcome.Unavailable(retryAfter(response.getHeaders()), reason);
      default ->
          new AttemptOutcome.Failed(status >= 500 ? "provider_unavailable" : "bad_reply", reason);
    };
  }

  private AttemptOutcome save(PictureDraft draft, ClientHttpResponse response, CallInProgress call)
      throws IOException {
    try {
      reply.picture(response.getBody(), draft.body());
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
  private @Nullable Duration retryAfter(HttpHeaders headers) {
    var value = headers.getFirst(HttpHeaders.RETRY_AFTER);
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
