package dev.darkroom.system.clients;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one try to submit came to.
 *
 * @param status null where no answer came
 * @param requestId the job's, where it was accepted
 * @param failure why no answer came
 */
public record ClientReply(
    Instant sentAt,
    Duration took,
    String gateway,
    @Nullable Integer status,
    @Nullable UUID requestId,
    @Nullable String failure) {

  public boolean isAccepted() {
    return requestId != null;
  }

  /** An answer that nobody should get who asks for a sound picture. */
  public boolean isUncalledFor() {
    return status != null && status != 202 && status != 503;
  }

  /** No answer, or one that asks to come again: whether the job was accepted is not known. */
  boolean leavesOpen() {
    return status == null || status == 503;
  }
}
