package dev.darkroom.worker.nebius;

import dev.darkroom.model.FailureCode;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.CommitResult;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.limit.RetryAfterParser;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Size;
import dev.darkroom.worker.nebius.AttemptOutcome.Succeeded;
import dev.darkroom.worker.nebius.SendRequest.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** One {@code POST images/generations}, and the way of its picture into the store. */
final class PostGeneration {
  private static final Logger log = LoggerFactory.getLogger(PostGeneration.class);

  private final SendRequest nebius;
  private final ReadAnswer answers;
  private final FetchPicture fetch;
  private final PictureStore store;
  private final JsonMapper json;
  private final CallPermits permits;

  PostGeneration(
      SendRequest nebius,
      ReadAnswer answers,
      FetchPicture fetch,
      PictureStore store,
      JsonMapper json,
      CallPermits permits) {
    this.nebius = nebius;
    this.answers = answers;
    this.fetch = fetch;
    this.store = store;
    this.json = json;
    this.permits = permits;
  }

  /**
   * Makes the call and saves the picture. The store is asked first: what can't be kept is not
   * bought.
   *
   * @param parameters what is sent
   * @throws IOException where no whole answer came
   */
  AttemptOutcome post(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call)
      throws IOException {
    PictureUpload upload;
    try {
      upload = store.upload(id);
    } catch (IOException e) {
      return new AttemptOutcome.NotStored("The picture store does not answer: " + e.getMessage());
    }
    try (upload) {
      return post(upload, parameters, trace, call);
    } catch (ToStore.StoreRefused e) {
      return new AttemptOutcome.NotStored("The picture could not be saved: " + e.getMessage());
    } catch (ReadReply.BadReply e) {
      return new AttemptOutcome.Failed(
          FailureCode.BAD_REPLY, String.valueOf(e.getMessage()), e.told());
    }
  }

  private AttemptOutcome post(
      PictureUpload upload,
      Map<String, ?> parameters,
      @Nullable TraceParent trace,
      CallInProgress call)
      throws IOException {
    var begun = System.nanoTime();
    var reading =
        nebius.post(
            "images/generations",
            json.writeValueAsBytes(parameters), // as bytes, so that their number is sent first
            passedOn(trace),
            call,
            answer -> read(answer, parameters, upload, call.timeLeft(), begun));
    return switch (reading) {
      case ReadAnswer.Reading.NoPicture(var outcome) -> outcome;
      case ReadAnswer.Reading.PictureAt(String address) -> {
        fetch.into(upload.body(), address, call);
        yield keep(upload, parameters, call);
      }
      case ReadAnswer.Reading.PictureHere _ -> keep(upload, parameters, call);
    };
  }

  /** A 429 that says that the account is used up is none that slower calls would cure. */
  private ReadAnswer.Reading read(
      Answer answer, Map<String, ?> parameters, PictureUpload upload, Duration timeLeft, long begun)
      throws IOException {
    var model = String.valueOf(parameters.get("model"));
    if (answer.status() != HttpStatus.SC_TOO_MANY_REQUESTS) {
      permits.heard(answer.status(), answer::header, begun);
      return answers.read(answer, model, upload.body(), timeLeft);
    }
    var reading = answers.read(answer, model, upload.body(), timeLeft);
    if (reading instanceof ReadAnswer.Reading.NoPicture(RateLimited(var wait, var _))) {
      permits.heard(answer.status(), heeded(answer, wait), begun);
    }
    return reading;
  }

  /** All workers pause for as long as this one: not beyond the job's deadline. */
  private static CallPermits.Headers heeded(Answer answer, @Nullable Duration wait) {
    return name ->
        wait != null && name.equals(RetryAfterParser.IN_MILLIS)
            ? String.valueOf(wait.toMillis())
            : answer.header(name);
  }

  private static List<Header> passedOn(@Nullable TraceParent trace) {
    return Optional.ofNullable(trace)
        .<List<Header>>map(given -> List.of(new BasicHeader(TraceParent.HEADER, given.value())))
        .orElse(List.of());
  }

  /** What is done from here on can't be ended from outside: the picture is paid for. */
  private static AttemptOutcome keep(
      PictureUpload upload, Map<String, ?> parameters, CallInProgress call) {
    try {
      return switch (upload.commit()) {
        case CommitResult.Stored(var picture) -> succeeded(picture, parameters, call);
        case CommitResult.NotAPicture(String reason) -> badReply("The answer " + reason + ".");
        case CommitResult.Unusable(String reason) ->
            new AttemptOutcome.Rejected(
                FailureCode.UNUSABLE_PICTURE,
                "The answer %s. Another call would bring the same.".formatted(reason));
      };
    } catch (IOException e) {
      return new AttemptOutcome.NotStored("The picture could not be saved: " + e.getMessage());
    }
  }

  private static AttemptOutcome badReply(String reason) {
    return new AttemptOutcome.Failed(FailureCode.BAD_REPLY, reason, reason);
  }

  private static Succeeded succeeded(
      StoredPicture picture, Map<String, ?> parameters, CallInProgress call) {
    var saving = call.sinceAnswer().orElseThrow();
    var outcome = new Succeeded(picture, CallParameters.size(parameters), saving);
    if (!outcome.isOfAskedSize()) {
      log.atWarn()
          .addKeyValue("request_id", picture.id())
          .addKeyValue("asked", outcome.asked())
          .addKeyValue("came", new Size(picture.width(), picture.height()))
          .log("the picture is not of the size that was asked for; it is kept as it is");
    }
    return outcome;
  }
}
