package dev.darkroom.gateway.extras.stream;

import static io.swagger.v3.oas.annotations.enums.ParameterIn.HEADER;
import static io.swagger.v3.oas.annotations.enums.ParameterIn.QUERY;

import dev.darkroom.gateway.http.ProblemDocs;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the OpenAPI document says about listening to one job. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Operation(
    operationId = "jobEvents",
    tags = "Live steps",
    summary = "Hear the steps of a job as they are taken",
    description =
        "Server-sent events: `id` is the step's number, `data` its row as in GET /api/logs. The stream begins with the job's first step, or after the one that Last-Event-ID names, and ends with its last step. Comments show that it is alive. An event `reset` says that the ledger is not the one that was heard before (it was restored, or never had the event that Last-Event-ID names): what was heard is void, its `data` is `{\"reason\": \"ledger_went_back\"|\"unknown_event\"}`, and the steps begin anew.",
    parameters = {
      @Parameter(
          in = HEADER,
          name = ReadListening.LAST_EVENT_ID,
          description = "The last event that was heard; browsers send it when they come back.",
          schema = @Schema(type = "string", pattern = "[0-9]{1,18}")),
      @Parameter(
          in = QUERY,
          name = "lastEventId",
          description = "The same, where the header can't be set.",
          schema = @Schema(type = "string", pattern = "[0-9]{1,18}"))
    })
@ApiResponse(
    responseCode = "200",
    description = "A stream of events.",
    content = @Content(mediaType = "text/event-stream", schema = @Schema(type = "string")))
@ApiResponse(
    responseCode = "204",
    description = "The job has ended, and all of its steps were heard.",
    content = @Content)
@ApiResponse(
    responseCode = "400",
    description = "Last-Event-ID is none.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "404",
    description = "There is no such job.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "429",
    description = "This address has as many streams as one may have (code too_many_streams).",
    headers =
        @Header(name = "Retry-After", description = "Seconds.", schema = @Schema(type = "integer")),
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "503",
    description = "The ledger is unavailable, or too many listen.",
    headers =
        @Header(name = "Retry-After", description = "Seconds.", schema = @Schema(type = "integer")),
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@interface DocumentJobEvents {}
