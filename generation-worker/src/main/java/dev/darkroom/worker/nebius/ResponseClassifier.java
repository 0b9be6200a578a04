package dev.darkroom.worker.nebius;

import dev.darkroom.model.FailureCode;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.worker.limit.RetryAfterParser;
import dev.darkroom.worker.nebius.AttemptOutcome.Asynchronous;
import dev.darkroom.worker.nebius.AttemptOutcome.CancelledBeforeSend;
import dev.darkroom.worker.nebius.AttemptOutcome.CancelledInFlight;
import dev.darkroom.worker.nebius.AttemptOutcome.Failed;
import dev.darkroom.worker.nebius.AttemptOutcome.Forbidden;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.NotSent;
import dev.darkroom.worker.nebius.AttemptOutcome.OutcomeUnknown;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Rejected;
import dev.darkroom.worker.nebius.AttemptOutcome.Unavailable;
import dev.darkroom.worker.nebius.CancellableCall.CancelReason;
import dev.darkroom.worker.nebius.NebiusTransport.NebiusResponse;
import dev.darkroom.worker.nebius.http.ApiKey;
import dev.darkroom.worker.nebius.http.BrokenResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.TruncatedResponse;
import dev.darkroom.worker.nebius.response.ErrorBodyParser;
import dev.darkroom.worker.nebius.response.ErrorBodyParser.ErrorKind;
import dev.darkroom.worker.nebius.response.ErrorBodyParser.ProviderError;
import dev.darkroom.worker.nebius.response.ImageResponseParser;
import dev.darkroom.worker.nebius.response.ImageResponseParser.ImageContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Maps every response, and every failure of a call, to an outcome: the table "how failures are
 * read" of docs/architecture.md.
 */
final class ResponseClassifier {
  private static final String TASK =
      "This endpoint answers asynchronously: it began a task instead of sending a picture. The task"
          + " may be carried out and billed, so no second one is started.";

  private static final int LONGEST_CLIENT_MESSAGE = 120;

  /** Paths, hosts, addresses, ids, and whatever is about our account. */
  private static final Pattern SENSITIVE =
      Pattern.compile(
          "[/\\\\@_=<>{}\\[\\]]|\\w\\.\\w|:\\w|\\d{4}|\\w-\\w*\\d|account|billing|balance|credit"
              + "|quota|organi[sz]ation|project|tenant|\\bkey|token|\\bplan\\b|bucket|\\bpid\\b",
          Pattern.CASE_INSENSITIVE);

  /** How sentences name the provider. */
  private final String provider;

  private final ImageResponseParser images;
  private final ErrorBodyParser errors;
  private final ApiKey key;

  /** The configured one; the refusal of another concerns only jobs that name it. */
  private final String ourModel;

  private final Clock clock;

  /**
   * Creates it.
   *
   * @param provider how sentences name it
   */
  ResponseClassifier(String provider, NebiusSettings settings, Clock clock) {
    this.provider = provider;
    this.key = settings.apiKey();
    this.images = new ImageResponseParser(key);
    this.errors = new ErrorBodyParser(key);
    this.ourModel = settings.model();
    this.clock = clock;
  }

  sealed interface ClassifiedResponse {
    record ImageInDraft() implements ClassifiedResponse {}

    record ImageAtUrl(String url) implements ClassifiedResponse {}

    record WithoutImage(AttemptOutcome outcome) implements ClassifiedResponse {}
  }

  /**
   * @param model that was asked for
   * @param timeLeft until the job's deadline
   * @throws IOException if the response broke off, held no picture, or the store failed
   */
  ClassifiedResponse classify(
      NebiusResponse response, String model, OutputStream draft, Duration timeLeft)
      throws IOException {
    var wait = retryAfter(response, timeLeft);
    if (response.status() / 100 != 2) {
      var error = errors.parse(response.body());
      return new ClassifiedResponse.WithoutImage(ofError(response.status(), error, model, wait));
    }
    return switch (image(response, draft)) {
      case ImageContent.InlineImage _ -> new ClassifiedResponse.ImageInDraft();
      case ImageContent.LinkedImage(String url) -> new ClassifiedResponse.ImageAtUrl(url);
      case ImageContent.NoImage(JsonNode body) ->
          new ClassifiedResponse.WithoutImage(ofBodyWithoutImage(response.status(), body, wait));
    };
  }

  /** The reason of an error response, for people. */
  String reason(int status, InputStream body) {
    return sentence(status, errors.parse(body).message());
  }

  /** A 202 was accepted, whatever its body is. */
  private ImageContent image(NebiusResponse response, OutputStream draft) throws IOException {
    try {
      return images.parse(response.body(), draft);
    } catch (BrokenResponse e) {
      if (response.status() == HttpStatus.SC_ACCEPTED) {
        return new ImageContent.NoImage(MissingNode.getInstance());
      }
      throw e;
    }
  }

  private AttemptOutcome ofBodyWithoutImage(int status, JsonNode body, @Nullable Duration wait)
      throws MalformedResponse {
    var error = errors.errorIn(body);
    if (error.isEmpty() && (status == HttpStatus.SC_ACCEPTED || ErrorBodyParser.isTask(body))) {
      return new Asynchronous(TASK);
    }
    var named =
        error
            .or(() -> errors.messageIn(body))
            .orElseThrow(() -> new MalformedResponse("The answer holds no picture."));
    var message = named.message();
    var reason =
        "%s answered %d without a picture%s"
            .formatted(provider, status, message.isEmpty() ? "." : ": " + message);
    return switch (named.kind()) {
      case CONTENT -> new Rejected(FailureCode.CONTENT_REFUSED, reason);
      case BALANCE -> new Misconfigured(ProviderRefusal.BALANCE, reason, true);
      case KEY -> new Misconfigured(ProviderRefusal.KEY, reason, true);
      case RATE_LIMIT -> new RateLimited(wait, reason);
      case OUTAGE -> new Unavailable(wait, reason, clientReason(status, message));
      case UNCLASSIFIED -> new Failed(FailureCode.BAD_REPLY, reason, clientReason(status, message));
    };
  }

  /** Codes in the body go before the status, where the status allows for more than one meaning. */
  private AttemptOutcome ofError(
      int status, ProviderError error, String model, @Nullable Duration wait) {
    var reason = sentence(status, error.message());
    if (error.kind() == ErrorKind.CONTENT && isOneOf(status, 400, 403, 413, 422, 451)) {
      return new Rejected(FailureCode.CONTENT_REFUSED, reason);
    } else if (error.kind() == ErrorKind.BALANCE && isOneOf(status, 400, 403, 429)) {
      return new Misconfigured(ProviderRefusal.BALANCE, reason, true);
    }
    var clientReason = clientReason(status, error.message());
    var isOurModel = model.equals(ourModel);
    return switch (status) {
      case 400, 413, 422, 451 -> new Rejected(FailureCode.REJECTED, reason);
      case 401 -> new Misconfigured(ProviderRefusal.KEY, reason, true);
      case 402 -> new Misconfigured(ProviderRefusal.BALANCE, reason, true);
      case 403 -> new Forbidden(reason, clientReason, isOurModel);
      case 404 -> new Misconfigured(ProviderRefusal.MODEL, reason, isOurModel);
      case 407 -> new NotSent(reason); // a proxy's, which has sent nothing on
      case 429 -> new RateLimited(wait, reason);
      // 521 to 530 are Cloudflare's: it could not send the request on
      case 502, 503, 521, 522, 523, 525, 526, 529, 530 ->
          new Unavailable(wait, reason, clientReason);
      // a proxy's timeouts: Nebius has the request and may go on with it
      case 499, 504, 520, 524 ->
          new OutcomeUnknown(
              reason,
              "%s answered %d; whether it drew the picture is unknown."
                  .formatted(provider, status));
      default ->
          new Failed(
              status >= 500 || status == 408 || status == 425
                  ? FailureCode.PROVIDER_UNAVAILABLE
                  : FailureCode.BAD_REPLY,
              reason,
              clientReason);
    };
  }

  private static boolean isOneOf(int status, int... statuses) {
    return IntStream.of(statuses).anyMatch(one -> one == status);
  }

  private String sentence(int status, String message) {
    return provider + " answered " + status + (message.isEmpty() ? "." : ": " + message);
  }

  /** Without the provider's message, if that may be about its inside or our account. */
  private String clientReason(int status, String message) {
    var isHarmless =
        message.length() <= LONGEST_CLIENT_MESSAGE && !SENSITIVE.matcher(message).find();
    return sentence(status, isHarmless ? message : "");
  }

  /** At most half of the time left, so that the job can be tried again. */
  private @Nullable Duration retryAfter(NebiusResponse response, Duration timeLeft) {
    var half = timeLeft.dividedBy(2);
    return RetryAfterParser.parse(response::header, clock)
        .map(asked -> asked.compareTo(half) > 0 && half.isPositive() ? half : asked)
        .orElse(null);
  }

  /**
   * Classifies a call that ended without a response. Before the first byte of the body was written
   * it was certainly not made; afterwards it may have been carried out.
   */
  AttemptOutcome classify(Exception failure, CancellableCall call) {
    var cancelled = call.cancelled();
    if (!call.mayHaveArrived()) {
      return notSent(failure, cancelled);
    } else if (cancelled != null) {
      return cancelledInFlight(cancelled);
    }
    Optional<Throwable> truncated =
        causes(failure).filter(TruncatedResponse.class::isInstance).findFirst();
    if (truncated.isPresent()) {
      var where = truncated.get().getMessage();
      return new Failed(FailureCode.BAD_REPLY, where + ": " + describe(failure), where + ".");
    } else if (causes(failure).anyMatch(HttpException.class::isInstance)) {
      return unknown("The answer is not valid HTTP.");
    }
    return new OutcomeUnknown(
        "The connection broke off: " + describe(failure),
        "The connection broke off before the answer came.");
  }

  private AttemptOutcome notSent(Exception failure, @Nullable CancelReason cancelled) {
    return switch (cancelled) {
      case null -> new NotSent(provider + " can't be reached: " + describe(failure));
      case TIMEOUT -> new NotSent(provider + " could not be reached within the call's timeout.");
      case DEADLINE, LEASE_LOST, CANCELLED, SHUTDOWN ->
          new CancelledBeforeSend("The call was cancelled before anything was sent.");
    };
  }

  private AttemptOutcome cancelledInFlight(CancelReason reason) {
    return switch (reason) {
      case TIMEOUT -> unknown("No complete answer came within the call's timeout.");
      case DEADLINE ->
          new CancelledInFlight(
              "The job's deadline passed before %s answered.".formatted(provider));
      case LEASE_LOST ->
          new CancelledInFlight("This worker lost the job before %s answered.".formatted(provider));
      case CANCELLED -> new CancelledInFlight("The call was cut because the job was cancelled.");
      case SHUTDOWN ->
          new CancelledInFlight("The worker stopped before %s answered.".formatted(provider));
    };
  }

  private static AttemptOutcome unknown(String reason) {
    return new OutcomeUnknown(reason, reason);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(10);
  }

  private String describe(Exception failure) {
    var root = causes(failure).reduce((_, cause) -> cause).orElse(failure);
    // other exceptions may quote the request, and with it the key
    var message = root instanceof IOException ? root.getMessage() : null;
    var words = message == null ? root.getClass().getSimpleName() : key.redact(message);
    return root instanceof UnknownHostException ? "unknown host " + words : words;
  }
}
