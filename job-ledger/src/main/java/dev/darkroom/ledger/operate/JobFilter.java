package dev.darkroom.ledger.operate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.model.JobStatus;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs an operation changes: those that match all of what is given.
 *
 * @param since accepted then or later
 * @param until accepted before
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobFilter(
    @Nullable JobStatus status,
    @Nullable String errorCode,
    @Nullable String userId,
    @Nullable String model,
    @Nullable Instant since,
    @Nullable Instant until) {

  /** Whether it matches every job. */
  @JsonIgnore
  public boolean isEmpty() {
    return Stream.of(status, errorCode, userId, model, since, until).allMatch(Objects::isNull);
  }
}
