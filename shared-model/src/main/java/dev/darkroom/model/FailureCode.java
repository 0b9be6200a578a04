package dev.darkroom.model;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why an attempt or a job failed: {@code error.code} of a job, {@code code} of a step. Later
 * versions may add codes.
 */
public enum FailureCode {
  /** The provider refused the request's parameters. */
  REJECTED,
  /** The provider refused the content of the prompt. */
  CONTENT_REFUSED,
  /** The provider, or a firewall in front of it, answered 403 to this request only. */
  ACCESS_REFUSED,
  /** The provider sent a picture that can't be stored; a retry would return the same. */
  UNUSABLE_PICTURE,
  /** The provider started an asynchronous task instead of sending a picture. */
  ASYNCHRONOUS_ANSWER,
  /** The response has no usable picture. */
  BAD_REPLY,
  /** The provider is down, overloaded or unreachable. */
  PROVIDER_UNAVAILABLE,
  /** Too many calls. */
  RATE_LIMITED,
  /** The provider refused our key, account or model. */
  MISCONFIGURED,
  /** The call may have succeeded and been billed. */
  OUTCOME_UNKNOWN,
  PICTURE_NOT_STORED,
  /** The job's record exceeds the topic's limit. */
  RECORD_TOO_LARGE,
  WITHDRAWN,
  /** A client or an operator wanted no picture any more. */
  CANCELLED,
  DEADLINE_EXCEEDED;

  /** The word on the wire. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the fault was the provider's, so that another one may make the picture. */
  public boolean isOfProvider() {
    return switch (this) {
      case ACCESS_REFUSED,
          BAD_REPLY,
          PROVIDER_UNAVAILABLE,
          RATE_LIMITED,
          MISCONFIGURED,
          OUTCOME_UNKNOWN ->
          true;
      case REJECTED,
          CONTENT_REFUSED,
          UNUSABLE_PICTURE,
          ASYNCHRONOUS_ANSWER,
          PICTURE_NOT_STORED,
          RECORD_TOO_LARGE,
          WITHDRAWN,
          CANCELLED,
          DEADLINE_EXCEEDED ->
          false;
    };
  }

  /** Whether the same request may succeed later: the failure was not its own. */
  public boolean passes() {
    return switch (this) {
      case PROVIDER_UNAVAILABLE, RATE_LIMITED, MISCONFIGURED, DEADLINE_EXCEEDED -> true;
      case REJECTED,
          CONTENT_REFUSED,
          ACCESS_REFUSED,
          UNUSABLE_PICTURE,
          ASYNCHRONOUS_ANSWER,
          BAD_REPLY,
          OUTCOME_UNKNOWN,
          PICTURE_NOT_STORED,
          RECORD_TOO_LARGE,
          WITHDRAWN,
          CANCELLED ->
          false;
    };
  }

  /** Empty for an unknown code. */
  public static Optional<FailureCode> of(String word) {
    return Stream.of(values()).filter(code -> code.word().equals(word)).findFirst();
  }
}
