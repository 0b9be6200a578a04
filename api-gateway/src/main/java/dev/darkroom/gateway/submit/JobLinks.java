package dev.darkroom.gateway.submit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * Where a client goes on with a job.
 *
 * @param events the stream of its steps
 * @param picture completed jobs only, for as long as the picture is kept
 * @param cancel open jobs only; for DELETE
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobLinks(
    String self, String events, @Nullable String picture, @Nullable String cancel) {

  /**
   * The links of a job.
   *
   * @param picture already a link
   */
  public static JobLinks of(
      RequestId requestId, JobStatus status, @Nullable String picture, ReplyLinks links) {
    var self = toSelf(requestId, links);
    return new JobLinks(
        self, links.toEvents(requestId), picture, status.isTerminal() ? null : self);
  }

  static String toSelf(RequestId requestId, ReplyLinks links) {
    return links.to("/api/generate/" + requestId);
  }
}
