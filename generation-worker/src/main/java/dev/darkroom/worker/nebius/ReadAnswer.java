package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import dev.darkroom.worker.nebius.SendRequest.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Reads what Nebius answers: the table "how failures are read" for every status. */
final class ReadAnswer {
  private final ReadReply reply;
  private final ReadRefusal refusals;
  private final String ourModel;
  private final Clock clock;

  /**
   * @param ourModel the one that is set; a refusal of another concerns the jobs that name it
   */
  ReadAnswer(ReadReply reply, ReadRefusal refusals, String ourModel, Clock clock) {
    this.reply = reply;
    this.refusals = refusals;
    this.ourModel = ourModel;
    this.clock = clock;
  }

  sealed interface Reading {
    /** The picture has been written into the draft. */
    record PictureHere() implements Reading {}

    /** The picture is to be fetched. */
    record PictureAt(String address) implements Reading {}

    record NoPicture(AttemptOutcome outcome) implements Reading {}
  }

  /**
   * @param model that was asked for
   * @throws IOException where the answer broke off, held no picture, or the store did not take it
   */
  Reading read(Answer answer, String model, OutputStream draft) throws IOException {
    if (answer.status() / 100 == 2) {
      return reply
          .picture(answer.body(), draft)
          .<Reading>map(Reading.PictureAt::new)
          .orElseGet(Reading.PictureHere::new);
    }
    return new Reading.NoPicture(
        error(answer, refusals.reason(answer.status(), answer.body()), model));
  }

  private AttemptOutcome error(Answer answer, String reason, String model) {
    var status = answer.status();
    return switch (status) {
      case 400, 413, 422 -> new AttemptOutcome.Rejected(status, reason);
      case 403 -> new AttemptOutcome.Forbidden(reason, model.equals(ourModel));
      case 401, 402, 404 -> misconfigured(Refusal.of(status), reason, model);
      case 407 -> new AttemptOutcome.NotMade(reason); // no proxy passes on what it refuses
      case 429 -> new AttemptOutcome.RateLimited(retryAfter(answer), reason);
      case 502, 503, 504 -> new AttemptOutcome.Unavailable(retryAfter(answer), reason);
      default ->
          new AttemptOutcome.Failed(status >= 500 ? "provider_unavailable" : "bad_reply", reason);
    };
  }

  private AttemptOutcome misconfigured(Refusal refusal, String reason, String model) {
    var ofAll = !refusal.mayBeOfOneModel() || model.equals(ourModel);
    return new AttemptOutcome.Misconfigured(refusal, reason, ofAll);
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
