package dev.darkroom.gateway.extras.webhook.send;

import dev.darkroom.gateway.extras.webhook.send.PublicDnsResolver.NotPublicException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What came of one request to an endpoint.
 *
 * @param status that came back, if any did
 * @param reply the beginning of what came back
 * @param error a sentence for the owner; null where it succeeded
 * @param retryAfter how long the endpoint wants no requests; zero where it did not say
 */
public record TryResult(
    TryOutcome outcome,
    @Nullable Integer status,
    @Nullable String reply,
    @Nullable String error,
    Duration retryAfter,
    Duration took) {
  /** Where an error of ours was in the way. */
  public static final TryResult NOT_SENT =
      new TryResult(
          TryOutcome.UNREACHABLE,
          null,
          null,
          "The request could not be sent.",
          Duration.ZERO,
          Duration.ZERO);

  private static final int LONGEST_TEXT = 200;

  /** For metrics and logs. */
  public enum TryOutcome {
    DELIVERED,
    /** Any other answer than a 2xx. */
    REFUSED,
    /** It wants nothing more (410). */
    GONE,
    REDIRECTED,
    TIMED_OUT,
    /** No connection, or one that broke. */
    UNREACHABLE,
    /** TLS failed, mostly because of its certificate. */
    UNTRUSTED,
    /** It has a private address. */
    NOT_PUBLIC;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public boolean succeeded() {
    return outcome == TryOutcome.DELIVERED;
  }

  static TryResult answered(int status, String body, Duration retryAfter, Duration took) {
    var outcome = outcome(status);
    var error =
        switch (outcome) {
          case DELIVERED -> null;
          case GONE -> "The endpoint answered 410 Gone.";
          case REDIRECTED ->
              "The endpoint answered %d. Redirects are not followed.".formatted(status);
          case REFUSED, TIMED_OUT, UNREACHABLE, UNTRUSTED, NOT_PUBLIC ->
              "The endpoint answered %d.".formatted(status);
        };
    return new TryResult(outcome, status, printable(body), error, retryAfter, took);
  }

  private static TryOutcome outcome(int status) {
    return switch (status / 100) {
      case 2 -> TryOutcome.DELIVERED;
      case 3 -> TryOutcome.REDIRECTED;
      default -> status == 410 ? TryOutcome.GONE : TryOutcome.REFUSED;
    };
  }

  public static TryResult timedOut(Duration timeout, Duration took) {
    return broken(
        TryOutcome.TIMED_OUT, "No answer within %d s.".formatted(timeout.toSeconds()), took);
  }

  static TryResult broken(Exception cause, Duration took) {
    return switch (cause) {
      case NotPublicException _ ->
          broken(TryOutcome.NOT_PUBLIC, "The host has an address that is not public.", took);
      case UnknownHostException _ ->
          broken(TryOutcome.UNREACHABLE, "The host's name could not be resolved.", took);
      case SocketTimeoutException _ -> broken(TryOutcome.TIMED_OUT, "No answer in time.", took);
      case ConnectException _ ->
          broken(TryOutcome.UNREACHABLE, "The connection was refused.", took);
      case SSLPeerUnverifiedException _ ->
          broken(TryOutcome.UNTRUSTED, "The certificate is for another host.", took);
      case SSLException tls -> broken(TryOutcome.UNTRUSTED, reason(tls), took);
      case IOException io ->
          broken(TryOutcome.UNREACHABLE, "The connection broke: " + io.getMessage(), took);
      default -> broken(TryOutcome.UNREACHABLE, "The request could not be sent.", took);
    };
  }

  private static String reason(SSLException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof GeneralSecurityException) {
        return "The certificate is not trusted: " + cause.getMessage();
      }
    }
    return "TLS failed: " + e.getMessage();
  }

  private static TryResult broken(TryOutcome outcome, String error, Duration took) {
    return new TryResult(outcome, null, null, printable(error), Duration.ZERO, took);
  }

  /** Its beginning, in one line and without anything that does not print. */
  private static String printable(String text) {
    var shown = new StringBuilder();
    text.codePoints()
        .map(c -> isPrintable(c) ? c : ' ')
        .limit(LONGEST_TEXT)
        .forEach(shown::appendCodePoint);
    return shown.toString().strip();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
