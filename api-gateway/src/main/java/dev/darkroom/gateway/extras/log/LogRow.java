package dev.darkroom.gateway.extras.log;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A step as clients see it, with the names of the table's columns. What is not there is null. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record LogRow(
    UUID id,
    @JsonProperty("request_id") RequestId requestId,
    @JsonProperty("user_id") String userId,
    String prompt,
    JobStatus status,
    String step,
    @Nullable Map<String, Object> details,
    @JsonProperty("image_url") @Nullable String imageUrl,
    @JsonProperty("created_at")
        @JsonFormat(pattern = "yyyy-MM-dd'T'HH:mm:ss.SSSX", timezone = "UTC")
        Instant createdAt) {

  public static LogRow of(LogEntry entry) {
    return new LogRow(
        entry.id(),
        entry.requestId(),
        entry.userId(),
        entry.prompt(),
        entry.status(),
        entry.step(),
        entry.details(),
        entry.imageUrl(),
        entry.createdAt());
  }
}
