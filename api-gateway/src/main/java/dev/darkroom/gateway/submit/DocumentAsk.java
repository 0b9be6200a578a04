package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.ProblemDocs;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the OpenAPI document says about asking for a job. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Operation(operationId = "ask", tags = "Generation", summary = "Ask for a job as it stands now")
@ApiResponse(
    responseCode = "200",
    description = "The job, also where it has failed.",
    content =
        @Content(mediaType = "application/json", schema = @Schema(implementation = JobView.class)))
@ApiResponse(
    responseCode = "404",
    description = "There is no such job.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "503",
    description = "The ledger is unavailable.",
    headers =
        @Header(name = "Retry-After", description = "Seconds.", schema = @Schema(type = "integer")),
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@interface DocumentAsk {}
