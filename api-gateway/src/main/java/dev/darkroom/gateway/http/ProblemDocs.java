package dev.darkroom.gateway.http;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Problem} as the OpenAPI document shows it. */
@Schema(name = "Problem", description = "RFC 9457 problem details.")
public record ProblemDocs(
    @Schema(example = "about:blank") String type,
    @Schema(example = "Bad Request") String title,
    @Schema(example = "400") int status,
    @Schema(description = "The same sentence as error.") String detail,
    @Schema(description = "The path that was asked for.") @Nullable String instance,
    @Schema(description = "Always false.") boolean success,
    @Schema(description = "One sentence to act on.") String error,
    @Schema(description = "The job's id, where there is one.", format = "uuid")
        @Nullable String requestId,
    @Schema(
            description = "The same as a word for programs; where a job failed, why it did.",
            example = "invalid_request")
        String code,
    @Schema(description = "Every bad field; status 400 only.") @Nullable List<BadField> errors) {}
