package dev.darkroom.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code data} of the CloudEvent that tells the end of a group on {@link Topics#EVENTS}: all of
 * its jobs have ended. Its schema is {@code schemas/group-event.schema.json}, and that of the whole
 * event {@code schemas/group-cloud-event.schema.json}.
 *
 * @param groupId the requestId of its first job
 * @param status {@code completed} if all jobs have their pictures, otherwise {@code failed}; the
 *     event's type is {@link #type}
 * @param completed jobs with a picture
 * @param failed jobs without one
 * @param jobs in the order of their seeds
 * @param endedAt when the last job ended
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record GroupEvent(
    RequestId groupId,
    String userId,
    JobStatus status,
    int completed,
    int failed,
    List<GroupedJob> jobs,
    Instant endedAt) {

  /** The most pictures that one request may ask for. */
  public static final int MAX_SIZE = 16;

  private static final String TYPE_PREFIX = "darkroom.group.";

  public GroupEvent {
    requireNonNull(groupId, "groupId is missing");
    requireNonNull(userId, "userId is missing");
    requireNonNull(endedAt, "endedAt is missing");
    jobs = List.copyOf(jobs);
    if (!status.isTerminal() || (status == JobStatus.COMPLETED) != (failed == 0)) {
      throw new IllegalArgumentException("a group has completed if all of its jobs have");
    }
  }

  /**
   * How one of the jobs ended.
   *
   * @param imageUrl completed jobs only: path of the picture at the gateway, or its URL where an
   *     operator says where that is
   * @param errorCode failed jobs only
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record GroupedJob(
      RequestId requestId,
      JobStatus status,
      @Nullable String imageUrl,
      @Nullable String errorCode) {

    /** With another link to the same picture. */
    public GroupedJob withImageUrl(@Nullable String link) {
      return new GroupedJob(requestId, status, link, errorCode);
    }
  }

  /** An event about the end of these jobs. */
  public static GroupEvent of(
      RequestId groupId, String userId, List<GroupedJob> jobs, Instant endedAt) {
    var completed = (int) jobs.stream().filter(job -> job.status() == JobStatus.COMPLETED).count();
    return new GroupEvent(
        groupId,
        userId,
        completed == jobs.size() ? JobStatus.COMPLETED : JobStatus.FAILED,
        completed,
        jobs.size() - completed,
        jobs,
        endedAt);
  }

  /** The same about these jobs, which have other links. */
  public GroupEvent withJobs(List<GroupedJob> others) {
    return new GroupEvent(groupId, userId, status, completed, failed, others, endedAt);
  }

  /** The CloudEvents {@code type}, such as {@code darkroom.group.completed}. */
  public static String type(JobStatus status) {
    return TYPE_PREFIX + status.word();
  }
}
