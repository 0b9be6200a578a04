package dev.darkroom.model;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why an attempt or a job failed, for programs: {@code error.code} of a job, {@code code} of a
 * step. A reader must expect codes that a later version adds.
 */
public enum FailureCode {
  /** The provider refused the request's parameters. */
  REJECTED,
  /** The provider refused what the request asks to see. */
  CONTENT_REFUSED,
  /** The provider, or a firewall before it, answers 403 to this request and not to others. */
  ACCESS_REFUSED,
  /** The provider sent a picture that can't be kept, and would send it again. */
  UNUSABLE_PICTURE,
  /** The provider began a task instead of sending a picture. */
  ASYNCHRONOUS_ANSWER,
  /** An answer without a picture that can be used. */
  BAD_REPLY,
  /** The provider is down, overloaded, or can't be reached. */
  PROVIDER_UNAVAILABLE,
  /** Too many calls. */
  RATE_LIMITED,
  /** Our key, account or model is refused. */
  MISCONFIGURED,
  /** The call may have been carried out and billed. */
  OUTCOME_UNKNOWN,
  PICTURE_NOT_STORED,
  RECORD_DIFFERS,
  /** The job's record on Kafka is larger than its topic takes. */
  RECORD_TOO_LARGE,
  WITHDRAWN,
  DEADLINE_EXCEEDED;

  /** The word on the wire. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty for a code that this version does not know. */
  public static Optional<FailureCode> of(String word) {
    return Stream.of(values()).filter(code -> code.word().equals(word)).findFirst();
  }
}
