package dev.darkroom.gateway.extras.stats;

import static io.swagger.v3.oas.annotations.enums.ParameterIn.QUERY;

import dev.darkroom.gateway.http.ProblemDocs;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the OpenAPI document says about the statistics. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Operation(
    operationId = "stats",
    tags = "Stats",
    summary = "How the system is doing: open jobs, how jobs ended, how long pictures took",
    description =
        """
        The range is widened to whole buckets of 1, 5 or 15 minutes, of which there are about 120 at most. \
        An empty parameter counts as absent; of a repeated one the first counts.\
        """,
    parameters = {
      @Parameter(
          in = QUERY,
          name = "since",
          description = "An hour before until where it is absent; at most 24 hours before it.",
          schema = @Schema(type = "string", format = "date-time")),
      @Parameter(
          in = QUERY,
          name = "until",
          description = "Now where it is absent.",
          schema = @Schema(type = "string", format = "date-time"))
    })
@ApiResponse(
    responseCode = "200",
    description = "The numbers of now and of the range.",
    content =
        @Content(
            mediaType = "application/json",
            schema = @Schema(implementation = StatsReply.class)))
@ApiResponse(
    responseCode = "400",
    description = "Parameters break their rules; all of them are listed.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "503",
    description =
        "The ledger is unavailable, too many read at once (code too_many_readers), or the question took too long (query_too_slow).",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@interface DocumentStats {}
