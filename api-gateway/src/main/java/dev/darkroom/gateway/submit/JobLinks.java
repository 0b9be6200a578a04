package dev.darkroom.gateway.submit;

import com.fasterxml.jackson.annotation.JsonInclude;
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

  public static JobLinks of(RequestId requestId, JobStatus status, @Nullable String picture) {
    var self = of(requestId);
    return new JobLinks(self, self + "/events", picture, status.isTerminal() ? null : self);
  }

  /** Its own address. */
  static String of(RequestId requestId) {
    return "/api/generate/" + requestId;
  }
}
