package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands now.
 *
 * @param picture completed jobs only
 * @param pictureRemovedAt when the picture was deleted
 * @param error failed jobs only
 * @param finishedAt ended jobs only
 * @param steps its log, oldest first
 */
public record Job(
    RequestId requestId,
    String userId,
    GenerationRequest request,
    JobStatus status,
    Instant deadlineAt,
    @Nullable PictureRecord picture,
    @Nullable Instant pictureRemovedAt,
    @Nullable JobFailure error,
    @Nullable Instant finishedAt,
    List<LogEntry> steps) {

  /** Its attempts, oldest first. */
  public List<AttemptMade> attempts() {
    return AttemptMade.in(steps);
  }

  Job withSteps(List<LogEntry> log) {
    return new Job(
        requestId,
        userId,
        request,
        status,
        deadlineAt,
        picture,
        pictureRemovedAt,
        error,
        finishedAt,
        log);
  }

  /**
   * Why a job ended without a picture.
   *
   * @param code a word for programs
   * @param message a sentence for people
   */
  public record JobFailure(String code, String message) {}
}
