package dev.darkroom.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One row of {@code generation_logs}: something that happened to a job, with the status the job had
 * after it.
 */
public enum Step {
  REQUEST_RECEIVED(JobStatus.STARTED),
  /** The ledger had lost the job, by a failover or a restored backup, and Kafka still had it. */
  RESTORED_FROM_KAFKA(JobStatus.STARTED),
  /** Written before each call, with the attempt's number and the exact parameters. */
  CALLING_NEBIUS_API(JobStatus.PROCESSING),
  /** The attempt failed without a picture. */
  ATTEMPT_FAILED(JobStatus.PROCESSING),
  /** The call may have succeeded and been billed. */
  ATTEMPT_OUTCOME_UNKNOWN(JobStatus.PROCESSING),
  RETRY_SCHEDULED(JobStatus.PROCESSING),
  IMAGE_GENERATED(JobStatus.COMPLETED),
  NEBIUS_API_ERROR(JobStatus.FAILED),
  DEADLINE_EXCEEDED(JobStatus.FAILED),
  ATTEMPTS_EXHAUSTED(JobStatus.FAILED),
  /** Kafka rejects the job's record, so no worker would get it. */
  RECORD_TOO_LARGE(JobStatus.FAILED),
  /** A client or an operator wanted no picture any more. */
  CANCELLED(JobStatus.FAILED);

  private final JobStatus status;

  Step(JobStatus status) {
    this.status = status;
  }

  /** The status of every row that records this step. */
  public JobStatus status() {
    return status;
  }

  /** Empty for steps of the service that Darkroom replaced. */
  public static Optional<Step> of(String word) {
    return Stream.of(values()).filter(step -> step.word().equals(word)).findFirst();
  }

  /** The word on the wire and in the database. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
