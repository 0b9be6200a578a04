package dev.darkroom.gateway.generate;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as clients see it.
 *
 * @param success false for a failed job
 * @param imageUrl completed jobs only
 * @param error failed jobs only
 * @param logs oldest first
 */
@Schema(name = "Job")
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobView(
    boolean success,
    @Schema(type = "string", format = "uuid") RequestId requestId,
    JobStatus status,
    @Nullable String imageUrl,
    @Nullable Failure error,
    Metadata metadata,
    List<StepTaken> logs) {

  private static final String MILLISECONDS = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

  @Schema(name = "JobFailure")
  record Failure(String code, String message) {}

  /**
   * @param model that was called, or will be
   * @param generatedAt completed jobs only
   */
  @Schema(name = "JobMetadata")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Metadata(
      String prompt,
      @Nullable String style,
      double diffusionStrength,
      double styleIntensity,
      int width,
      int height,
      long seed,
      String model,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant generatedAt) {

    static Metadata of(GenerationRequest request, String model, @Nullable Instant generatedAt) {
      return new Metadata(
          request.prompt(),
          request.style(),
          request.diffusionStrength(),
          request.styleIntensity(),
          request.width(),
          request.height(),
          request.seed(),
          model,
          generatedAt);
    }
  }

  @Schema(name = "JobStep")
  record StepTaken(
      String step, @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant timestamp) {}
}
