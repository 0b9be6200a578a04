package dev.darkroom.gateway.submit;

import static io.swagger.v3.oas.annotations.enums.ParameterIn.HEADER;

import dev.darkroom.gateway.http.ProblemDocs;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the OpenAPI document says about submitting a job. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Operation(
    operationId = "submit",
    tags = "Generation",
    summary = "Submit a job",
    description =
        "Replies as soon as the job is durable. It then ends, completed or failed, by its deadline.",
    parameters = {
      @Parameter(
          in = HEADER,
          name = "Prefer",
          description =
              "wait=N (RFC 7240) holds the reply until the job has ended, for N seconds at most. More than 60 count as 60, or as what darkroom.progress.longest-wait allows; Preference-Applied says how many count.",
          example = "wait=30",
          schema = @Schema(type = "string")),
      @Parameter(
          in = HEADER,
          name = KeyHeader.NAME,
          description =
              "The client's name for this submission: 1 to 255 printable ASCII characters, bare or in double quotes. Sending the same request again with the same key makes no second job.",
          example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
          schema = @Schema(type = "string")),
      @Parameter(
          in = HEADER,
          name = "traceparent",
          description = "W3C Trace Context, carried along with the job.",
          schema = @Schema(type = "string"))
    },
    requestBody =
        @RequestBody(
            required = true,
            description = "At most 64 KiB.",
            content =
                @Content(
                    mediaType = "application/json",
                    schema = @Schema(implementation = SubmissionDocs.class))))
@ApiResponse(
    responseCode = "202",
    description = "Accepted: the job is durable, and has not ended yet.",
    headers = {
      @Header(
          name = "Location",
          description = "Where to ask for the job.",
          schema = @Schema(type = "string")),
      @Header(
          name = "Preference-Applied",
          description = "The seconds waited for at most.",
          schema = @Schema(type = "string")),
      @Header(
          name = KeyHeader.REPLAYED,
          description = "true where the job is that of an earlier request with the same key.",
          schema = @Schema(type = "boolean"))
    },
    content =
        @Content(mediaType = "application/json", schema = @Schema(implementation = JobView.class)))
@ApiResponse(
    responseCode = "200",
    description = "The client preferred to wait, and the job has completed.",
    headers = {
      @Header(
          name = "Location",
          description = "Where to ask for the job.",
          schema = @Schema(type = "string")),
      @Header(
          name = "Preference-Applied",
          description = "The seconds waited for at most.",
          schema = @Schema(type = "string")),
      @Header(
          name = KeyHeader.REPLAYED,
          description = "true where the job is that of an earlier request with the same key.",
          schema = @Schema(type = "boolean"))
    },
    content =
        @Content(mediaType = "application/json", schema = @Schema(implementation = JobView.class)))
@ApiResponse(
    responseCode = "400",
    description =
        "Fields, or the key, break their rules, or belong to other APIs; all of them are listed.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "413",
    description = "The body is larger than 64 KiB.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "415",
    description = "The body is not JSON, or compressed.",
    headers =
        @Header(
            name = "Accept",
            description = "What it may be.",
            schema = @Schema(type = "string")),
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "422",
    description =
        "The key was sent with another request before; or the client preferred to wait, and the provider refused what the request asks to see (code content_refused).",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "500",
    description =
        "The client preferred to wait, and the job has failed; or something went wrong on our side.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "429",
    description =
        "This address has as many requests waiting as one may have (code too_many_waits); no job was accepted.",
    headers =
        @Header(name = "Retry-After", description = "Seconds.", schema = @Schema(type = "integer")),
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "503",
    description =
        "The ledger is unavailable, or too many requests wait (code too_many_waits); or the client preferred to wait, and the job failed because the provider was.",
    headers =
        @Header(
            name = "Retry-After",
            description =
                "Seconds. Not there where an Idempotency-Key stands for a job that has failed: another try needs a new key.",
            schema = @Schema(type = "integer")),
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@interface DocumentSubmit {}
