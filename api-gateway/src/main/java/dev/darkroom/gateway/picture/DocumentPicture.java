package dev.darkroom.gateway.picture;

import static io.swagger.v3.oas.annotations.enums.ParameterIn.PATH;
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

/** What the OpenAPI document says about pictures. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Operation(
    operationId = "picture",
    tags = "Pictures",
    summary = "Fetch a picture",
    description =
        "It never changes. A range, If-Match and If-None-Match are answered. Pictures that are kept no longer are 404, as those that never were.",
    parameters = {
      @Parameter(
          in = PATH,
          name = "file",
          description = "The request's id and the format's extension, as imageUrl has them.",
          example = "01984c1e-7c4e-7d3a-8f52-0d6a5a0f5c11.webp",
          schema = @Schema(type = "string")),
      @Parameter(
          in = QUERY,
          name = "download",
          description = "Makes browsers save the picture instead of showing it.",
          allowEmptyValue = true,
          schema = @Schema(type = "string"))
    })
@ApiResponse(
    responseCode = "200",
    description = "The picture.",
    headers =
        @Header(
            name = "ETag",
            description = "SHA-256 of the bytes.",
            schema = @Schema(type = "string")),
    content = {
      @Content(mediaType = "image/webp", schema = @Schema(type = "string", format = "binary")),
      @Content(mediaType = "image/png", schema = @Schema(type = "string", format = "binary")),
      @Content(mediaType = "image/jpeg", schema = @Schema(type = "string", format = "binary"))
    })
@ApiResponse(responseCode = "206", description = "The part that was asked for.", content = @Content)
@ApiResponse(
    responseCode = "302",
    description =
        "The picture can be fetched from the address in Location for a while, where the gateway was told so.",
    content = @Content)
@ApiResponse(responseCode = "304", description = "The client has it.", content = @Content)
@ApiResponse(
    responseCode = "404",
    description = "There is no such picture.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "412",
    description = "It is not the picture that If-Match names.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "416",
    description = "There is no such part.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@ApiResponse(
    responseCode = "503",
    description = "The picture store is unavailable.",
    content =
        @Content(
            mediaType = "application/problem+json",
            schema = @Schema(implementation = ProblemDocs.class)))
@interface DocumentPicture {}
