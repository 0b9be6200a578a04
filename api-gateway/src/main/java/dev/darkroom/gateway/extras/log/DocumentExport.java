package dev.darkroom.gateway.extras.log;

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

/** What the OpenAPI document says about exporting the log. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Operation(
    operationId = "exportLogs",
    tags = "Logs",
    summary = "Download all steps that match, newest first",
    description =
        "Without limit. If the connection breaks off instead of ending, rows are missing. In CSV, what a spreadsheet would calculate (one of = + - @ where a cell begins, or would begin if the file were split at commas, semicolons, tabs, bars or line breaks) has a ' in front, details are JSON in which such a character is escaped, and null is empty.",
    parameters =
        @Parameter(
            in = QUERY,
            name = "format",
            required = true,
            description = "CSV with a line of names (RFC 4180), or JSON, a row in each line.",
            schema =
                @Schema(
                    type = "string",
                    allowableValues = {"csv", "ndjson"})))
@DocumentLogFilters
@ApiResponse(
    responseCode = "200",
    description = "A file.",
    content = {
      @Content(mediaType = "text/csv", schema = @Schema(type = "string")),
      @Content(mediaType = "application/x-ndjson", schema = @Schema(implementation = LogRow.class))
    })
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
@interface DocumentExport {}
