package dev.darkroom.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Identifies a job in replies, log rows, Kafka keys and picture file names. A UUIDv7 (RFC 9562)
 * that the gateway generates when it accepts the request.
 */
public record RequestId(@JsonValue UUID value) {
  /** {@link UUID#fromString} also accepts shortened groups; an id has exactly one spelling. */
  private static final Pattern CANONICAL =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

  @JsonCreator
  public RequestId {
    requireNonNull(value, "a request id is a UUID");
  }

  /** Parses the 36-character form. */
  public static Optional<RequestId> parse(String text) {
    return CANONICAL.matcher(text).matches()
        ? Optional.of(new RequestId(UUID.fromString(text)))
        : Optional.empty();
  }

  /**
   * When the id was created. Only a UUIDv7 says so, in its first 48 bits (RFC 9562, section 5.7).
   */
  public Optional<Instant> createdAt() {
    return value.version() == 7
        ? Optional.of(Instant.ofEpochMilli(value.getMostSignificantBits() >>> 16))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
