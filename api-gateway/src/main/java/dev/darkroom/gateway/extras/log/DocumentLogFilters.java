package dev.darkroom.gateway.extras.log;

import static io.swagger.v3.oas.annotations.enums.ParameterIn.QUERY;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the OpenAPI document says about the filters that pages and exports have in common. */
@Target(ElementType.ANNOTATION_TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Parameter(
    in = QUERY,
    name = "requestId",
    description = "Only this request's; what is no UUID matches nothing.",
    schema = @Schema(type = "string"))
@Parameter(
    in = QUERY,
    name = "status",
    description = "Only rows with this status.",
    schema =
        @Schema(
            type = "string",
            allowableValues = {"started", "processing", "completed", "failed"}))
@Parameter(
    in = QUERY,
    name = "userId",
    description = "Only this user's.",
    schema = @Schema(type = "string"))
@Parameter(
    in = QUERY,
    name = "since",
    description = "Only rows written then or later: date and time with an offset (RFC 3339).",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    in = QUERY,
    name = "until",
    description = "Only rows written earlier than that; later than since.",
    schema = @Schema(type = "string", format = "date-time"))
@Parameter(
    in = QUERY,
    name = "q",
    description =
        "Only rows whose prompt holds this text, in capitals or not; no character in it means anything but itself.",
    schema = @Schema(type = "string", minLength = 2, maxLength = 200))
@interface DocumentLogFilters {}
