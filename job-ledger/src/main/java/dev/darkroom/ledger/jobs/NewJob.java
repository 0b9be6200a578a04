package dev.darkroom.ledger.jobs;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that is about to be accepted.
 *
 * @param owner whom it belongs to; empty where access is open
 * @param userId a label inside the owner
 * @param call what every attempt sends, under {@code parameters}, and more for the step that tells
 *     it
 * @param deadline from acceptance until the job has ended, whatever happens
 * @param key the client's, where it sent one
 * @param replayOf the job that this one repeats, if any
 * @param webhook who is told of its events, where the client named somebody
 * @param terms what it may wait for, and what it must fit into
 * @param group the first of the jobs that were asked for together; null for a job that is alone
 */
public record NewJob(
    RequestId id,
    String owner,
    String userId,
    GenerationRequest request,
    Map<String, ?> call,
    Duration deadline,
    TraceParent trace,
    @Nullable IdempotencyKey key,
    @Nullable RequestId replayOf,
    @Nullable JobWebhook webhook,
    JobTerms terms,
    @Nullable RequestId group) {
  public NewJob {
    if (!GenerationRequest.isStorable(owner) || !GenerationRequest.isStorable(userId)) {
      throw new IllegalArgumentException("owner and userId must not contain NUL");
    }
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("deadline must be positive");
    }
  }

  /** A job on the usual terms. */
  public NewJob(
      RequestId id,
      String owner,
      String userId,
      GenerationRequest request,
      Map<String, ?> call,
      Duration deadline,
      TraceParent trace,
      @Nullable IdempotencyKey key,
      @Nullable RequestId replayOf,
      @Nullable JobWebhook webhook) {
    this(
        id,
        owner,
        userId,
        request,
        call,
        deadline,
        trace,
        key,
        replayOf,
        webhook,
        JobTerms.DEFAULT,
        null);
  }

  /** The same job on these terms. */
  public NewJob on(JobTerms other) {
    return new NewJob(
        id, owner, userId, request, call, deadline, trace, key, replayOf, webhook, other, group);
  }

  /** The same job as one of this group. */
  public NewJob in(RequestId first) {
    return new NewJob(
        id, owner, userId, request, call, deadline, trace, key, replayOf, webhook, terms, first);
  }

  /** What Kafka carries of it. */
  JobMessage message(Instant deadlineAt) {
    return new JobMessage(id, userId, request, call, deadlineAt, owner, webhook, null);
  }

  /** A job without an owner and without an idempotency key. */
  public NewJob(
      RequestId id,
      String userId,
      GenerationRequest request,
      Map<String, ?> call,
      Duration deadline,
      TraceParent trace) {
    this(id, userId, request, call, deadline, trace, null);
  }

  /** A job without an owner, that repeats no other, and of which nobody is told. */
  public NewJob(
      RequestId id,
      String userId,
      GenerationRequest request,
      Map<String, ?> call,
      Duration deadline,
      TraceParent trace,
      @Nullable IdempotencyKey key) {
    this(id, "", userId, request, call, deadline, trace, key, null, null);
  }

  /**
   * A client's name for one submission, so that sending it again makes no second job.
   *
   * @param value 1 to {@value #MAX_LENGTH} printable ASCII characters, as the client chose them
   * @param fingerprint a digest of what is asked for: the same key with another one is a mistake
   */
  public record IdempotencyKey(String value, String fingerprint) {
    public static final int MAX_LENGTH = 255;

    public IdempotencyKey {
      if (!isKey(value)) {
        throw new IllegalArgumentException("not a valid idempotency key");
      }
    }

    public static boolean isKey(String text) {
      return !text.isBlank()
          && text.length() <= MAX_LENGTH
          && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
  }

  /** The result of accepting a job. */
  public sealed interface Acceptance {
    /**
     * The job is durable.
     *
     * @param dispatched whether the caller publishes it; otherwise it waits in the ledger for its
     *     turn
     */
    record Accepted(DueJob job, boolean dispatched) implements Acceptance {}

    /** The key stands for this job, which asks for the same; nothing was written. */
    record Replayed(RequestId first) implements Acceptance {}

    /** The key stands for this job, which asks for something else; nothing was written. */
    record KeyReused(RequestId first) implements Acceptance {}

    /** There is no room for it, and nothing was written; no key stands for it. */
    record Refused(FullQueue full) implements Acceptance {}

    /** Where a job finds no room. */
    enum FullQueue {
      /** The line has as many open jobs as it may have. */
      LINE,
      /** All together have. */
      ALL,
      /** All jobs of this day were accepted. */
      DAY,
      /** Its terms leave no room. */
      CLOSED
    }
  }
}
