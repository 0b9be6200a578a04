package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.ReadReply.CutReply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Reads a call that ended without an answer. */
final class ReadFailure {
  private ReadFailure() {}

  /**
   * What it means for the job: without a connection the call was certainly not made; once the
   * request may have left, it may have been carried out.
   */
  static AttemptOutcome read(Exception failure, CallInProgress.@Nullable Ended ended) {
    if (failure instanceof CallInProgress.NotBegun) {
      return new AttemptOutcome.Withdrawn("The call was ended before it was begun.");
    }
    if (ended != null) {
      return switch (ended) {
        case TIMEOUT ->
            new AttemptOutcome.Unknown("Nebius did not answer in the time a call may take.");
        case DEADLINE ->
            new AttemptOutcome.GivenUp("The job's deadline came before Nebius answered.");
        case LOST -> new AttemptOutcome.GivenUp("The job was taken from this worker.");
        case STOPPING ->
            new AttemptOutcome.GivenUp("The worker stopped before Nebius had answered.");
      };
    }
    if (causes(failure).anyMatch(CutReply.class::isInstance)) {
      return new AttemptOutcome.Failed("bad_reply", "The answer broke off in the middle.");
    }
    var refused = causes(failure).filter(ReadFailure::isBeforeTheRequest).findFirst();
    if (refused.isPresent()) {
      return new AttemptOutcome.NotMade("Nebius can't be reached: " + words(refused.get()));
    }
    var root = causes(failure).reduce((_, cause) -> cause).orElse(failure);
    return new AttemptOutcome.Unknown("The connection broke off: " + words(root));
  }

  private static boolean isBeforeTheRequest(Throwable cause) {
    return cause instanceof ConnectException
        || cause instanceof HttpConnectTimeoutException
        || cause instanceof UnknownHostException
        || cause instanceof UnresolvedAddressException
        || cause instanceof SSLHandshakeException
        || cause instanceof SSLPeerUnverifiedException;
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(10);
  }

  private static String words(Throwable cause) {
    // what is no matter of the connection may quote the request, and with it the key
    var message = cause instanceof IOException ? cause.getMessage() : null;
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
