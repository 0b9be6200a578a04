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

/** What the OpenAPI document says about searching the log. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Operation(
    operationId = "logs",
    tags = "Logs",
    summary = "Search the steps of all requests, newest first",
    description =
        "An empty parameter counts as absent; of a repeated one the first counts. Give nextCursor as cursor until a reply has none. A page of large rows ends after about 1 MiB, so it may hold fewer rows than limit; whoever pages by offset adds the number of rows it got. With q, a page may even hold none and still have a nextCursor: so far was searched.",
    parameters = {
      @Parameter(
          in = QUERY,
          name = "limit",
          description = "Rows at most.",
          schema = @Schema(type = "integer", minimum = "1", maximum = "500", defaultValue = "50")),
      @Parameter(
          in = QUERY,
          name = "offset",
          description = "Rows to skip; not with q. Further pages are reached by cursor.",
          schema = @Schema(type = "integer", minimum = "0", maximum = "10000", defaultValue = "0")),
      @Parameter(
          in = QUERY,
          name = "cursor",
          description =
              "The nextCursor of the page before: rows that come in meanwhile don't move the next page. Not with an offset.",
          schema = @Schema(type = "string"))
    })
@DocumentLogFilters
@ApiResponse(
    responseCode = "200",
    description =
        "A page of the log; count is the number of rows that match on all pages, up to 100,000.",
    content =
        @Content(
            mediaType = "application/json",
            schema = @Schema(implementation = LogsReply.class)))
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
@interface DocumentLogs {}
