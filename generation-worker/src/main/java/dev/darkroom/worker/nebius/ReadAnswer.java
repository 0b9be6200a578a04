package dev.darkroom.worker.nebius;

import dev.darkroom.model.FailureCode;
import dev.darkroom.worker.limit.RetryAfterParser;
import dev.darkroom.worker.nebius.AttemptOutcome.Asynchronous;
import dev.darkroom.worker.nebius.AttemptOutcome.Failed;
import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import dev.darkroom.worker.nebius.AttemptOutcome.Rejected;
import dev.darkroom.worker.nebius.AttemptOutcome.Unavailable;
import dev.darkroom.worker.nebius.AttemptOutcome.Unknown;
import dev.darkroom.worker.nebius.ProviderError.Kind;
import dev.darkroom.worker.nebius.ReadRefusal.Said;
import dev.darkroom.worker.nebius.ReadReply.BadReply;
import dev.darkroom.worker.nebius.ReadReply.Contents;
import dev.darkroom.worker.nebius.ReadReply.CutReply;
import dev.darkroom.worker.nebius.SendRequest.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what Nebius answers: the table "how failures are read" for every status. */
final class ReadAnswer {
  private static final String TASK =
      "This endpoint answers asynchronously: it began a task instead of sending a picture. The task"
          + " may be carried out and billed; it is not bought again.";

  private final ReadReply reply;
  private final ReadRefusal refusals;
  private final KeptWords kept;
  private final String ourModel;
  private final Clock clock;

  /**
   * @param ourModel the one that is set; a refusal of another concerns the jobs that name it
   */
  ReadAnswer(ReadReply reply, ReadRefusal refusals, KeptWords kept, String ourModel, Clock clock) {
    this.reply = reply;
    this.refusals = refusals;
    this.kept = kept;
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
   * @param timeLeft until the job's deadline
   * @throws IOException where the answer broke off, held no picture, or the store did not take it
   */
  Reading read(Answer answer, String model, OutputStream draft, Duration timeLeft)
      throws IOException {
    var wait = retryAfter(answer, timeLeft);
    return answer.status() / 100 == 2
        ? good(answer, draft, wait)
        : new Reading.NoPicture(error(answer, refusals.read(answer.body()), model, wait));
  }

  private Reading good(Answer answer, OutputStream draft, @Nullable Duration wait)
      throws IOException {
    return switch (contents(answer, draft)) {
      case Contents.Picture _ -> new Reading.PictureHere();
      case Contents.Address(String url) -> new Reading.PictureAt(url);
      case Contents.NoPicture(JsonNode instead) ->
          new Reading.NoPicture(noPicture(answer.status(), instead, wait));
    };
  }

  /** Whatever a 202 brings but a picture, it means that the request was taken. */
  private Contents contents(Answer answer, OutputStream draft) throws IOException {
    try {
      return reply.read(answer.body(), draft);
    } catch (BadReply | CutReply e) {
      if (answer.status() == HttpStatus.SC_ACCEPTED) {
        return new Contents.NoPicture(tools.jackson.databind.node.MissingNode.getInstance());
      }
      throw e;
    }
  }

  private AttemptOutcome noPicture(int status, JsonNode instead, @Nullable Duration wait)
      throws BadReply {
    var error = ErrorBodyParser.inGoodAnswer(instead);
    if (error.isEmpty() && (status == HttpStatus.SC_ACCEPTED || TaskAnswer.isOne(instead))) {
      return new Asynchronous(TASK);
    }
    var said = error.or(() -> ErrorBodyParser.bareMessage(instead));
    if (said.isEmpty()) {
      throw new BadReply("The answer holds no picture.");
    }
    return insteadOfPicture(status, said.get(), wait);
  }

  private AttemptOutcome insteadOfPicture(
      int status, ProviderError error, @Nullable Duration wait) {
    var words = kept.of(error.words());
    var reason =
        "Nebius answered %d without a picture%s"
            .formatted(status, words.isEmpty() ? "." : ": " + words);
    return switch (error.kind()) {
      case CONTENT -> new Rejected(FailureCode.CONTENT_REFUSED, reason);
      case BALANCE -> new AttemptOutcome.Misconfigured(Refusal.BALANCE, reason, true);
      case KEY -> new AttemptOutcome.Misconfigured(Refusal.KEY, reason, true);
      case RATE_LIMIT -> new AttemptOutcome.RateLimited(wait, reason);
      case OUTAGE -> new Unavailable(wait, reason, told(status, words));
      case OTHER -> new Failed(FailureCode.BAD_REPLY, reason, told(status, words));
    };
  }

  private AttemptOutcome error(Answer answer, Said said, String model, @Nullable Duration wait) {
    var status = answer.status();
    var reason = ReadRefusal.sentence(status, said.words());
    return ofItsContent(status, said.kind(), reason)
        .or(() -> ofOurAccount(status, said.kind(), reason))
        .orElseGet(() -> byStatus(status, said.words(), model, wait));
  }

  private static Optional<AttemptOutcome> ofItsContent(int status, Kind kind, String reason) {
    return switch (status) {
      case 400, 403, 413, 422, 451 ->
          kind == Kind.CONTENT
              ? Optional.of(new Rejected(FailureCode.CONTENT_REFUSED, reason))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Some say with another status what 402 is for. */
  private static Optional<AttemptOutcome> ofOurAccount(int status, Kind kind, String reason) {
    return switch (status) {
      case 400, 403, 429 ->
          kind == Kind.BALANCE
              ? Optional.of(new AttemptOutcome.Misconfigured(Refusal.BALANCE, reason, true))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private AttemptOutcome byStatus(int status, String words, String model, @Nullable Duration wait) {
    var reason = ReadRefusal.sentence(status, words);
    return switch (status) {
      case 400, 413, 422, 451 -> new Rejected(FailureCode.REJECTED, reason);
      case 403 -> new AttemptOutcome.Forbidden(reason, told(status, words), model.equals(ourModel));
      case 401, 402, 404 -> misconfigured(Refusal.of(status), reason, model);
      case 407 -> new AttemptOutcome.NotMade(reason); // no proxy passes on what it refuses
      case 429 -> new AttemptOutcome.RateLimited(wait, reason);
      // 521 to 530 are Cloudflare's: it did not get as far as to send the request on
      case 502, 503, 521, 522, 523, 525, 526, 529, 530 ->
          new Unavailable(wait, reason, told(status, words));
      // given up on by what stands before Nebius, which has the request and may go on with it
      case 499, 504, 520, 524 ->
          new Unknown(
              reason,
              "Nebius answered %d; whether it drew the picture is unknown.".formatted(status));
      default -> new Failed(codeOf(status), reason, told(status, words));
    };
  }

  private static FailureCode codeOf(int status) {
    return status >= 500 || status == 408 || status == 425
        ? FailureCode.PROVIDER_UNAVAILABLE
        : FailureCode.BAD_REPLY;
  }

  /** What is no affair of the client's request is told where it gives nothing away. */
  private static String told(int status, String words) {
    return ReadRefusal.sentence(status, KeptWords.areHarmless(words) ? words : "");
  }

  private AttemptOutcome misconfigured(Refusal refusal, String reason, String model) {
    var ofAll = !refusal.mayBeOfOneModel() || model.equals(ourModel);
    return new AttemptOutcome.Misconfigured(refusal, reason, ofAll);
  }

  /** Never so long that the job could not be tried again: outages end sooner than announced. */
  private @Nullable Duration retryAfter(Answer answer, Duration timeLeft) {
    var half = timeLeft.dividedBy(2);
    return RetryAfterParser.parse(answer::header, clock)
        .map(asked -> asked.compareTo(half) > 0 && half.isPositive() ? half : asked)
        .orElse(null);
  }
}
