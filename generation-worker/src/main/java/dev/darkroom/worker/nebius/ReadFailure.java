package dev.darkroom.worker.nebius;

import dev.darkroom.model.FailureCode;
import dev.darkroom.worker.nebius.CallInProgress.Ended;
import dev.darkroom.worker.nebius.ReadReply.CutReply;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/** Reads a call that ended without an answer. */
final class ReadFailure {
  private final ApiKey key;

  /**
   * @param key removed from every word that is kept of a failure
   */
  ReadFailure(ApiKey key) {
    this.key = key;
  }

  /**
   * What it means for the job: before the first byte of the body was written the call was certainly
   * not made; afterwards it may have been carried out.
   */
  AttemptOutcome read(Exception failure, CallInProgress call) {
    var ended = call.ended();
    if (!call.mayHaveArrived()) {
      return notSent(failure, ended);
    }
    if (ended != null) {
      return endedByUs(ended);
    }
    return causes(failure)
        .filter(CutReply.class::isInstance)
        .findFirst()
        .map(cut -> lost(cut.getMessage(), words(failure)))
        .orElseGet(() -> unanswered(failure));
  }

  private static AttemptOutcome lost(@Nullable String where, String words) {
    return new AttemptOutcome.Failed(FailureCode.BAD_REPLY, where + ": " + words, where + ".");
  }

  private AttemptOutcome unanswered(Exception failure) {
    return causes(failure).anyMatch(HttpException.class::isInstance)
        ? unknown("What came is no HTTP answer that can be read.")
        : new AttemptOutcome.Unknown(
            "The connection broke off: " + words(failure),
            "The connection broke off before the answer came.");
  }

  private static AttemptOutcome unknown(String reason) {
    return new AttemptOutcome.Unknown(reason, reason);
  }

  private AttemptOutcome notSent(Exception failure, @Nullable Ended ended) {
    return switch (ended) {
      case null -> new AttemptOutcome.NotMade("Nebius can't be reached: " + words(failure));
      case TIMEOUT ->
          new AttemptOutcome.NotMade("Nebius could not be reached in the time a call may take.");
      case DEADLINE, LOST, STOPPING ->
          new AttemptOutcome.Withdrawn("The call was ended before anything was sent.");
    };
  }

  private static AttemptOutcome endedByUs(Ended ended) {
    return switch (ended) {
      case TIMEOUT -> unknown("No whole answer came in the time a call may take.");
      case DEADLINE ->
          new AttemptOutcome.GivenUp("The job's deadline came before Nebius answered.");
      case LOST -> new AttemptOutcome.GivenUp("The job was taken from this worker.");
      case STOPPING -> new AttemptOutcome.GivenUp("The worker stopped before Nebius had answered.");
    };
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(10);
  }

  private String words(Exception failure) {
    var root = causes(failure).reduce((_, cause) -> cause).orElse(failure);
    // what is no matter of the connection may quote the request, and with it the key
    var message = root instanceof IOException ? root.getMessage() : null;
    var words = message == null ? root.getClass().getSimpleName() : key.removedFrom(message);
    return root instanceof UnknownHostException ? "no way to its host: " + words : words;
  }
}
