package dev.darkroom.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names one accepted job for ever: in the reply, in every log row, as Kafka's key and as the
 * picture's file name. A UUIDv7 (RFC 9562) minted once, when the gateway accepts the request.
 */
public record RequestId(@JsonValue UUID value) {
  /** {@link UUID#fromString} also takes shortened groups; an id has exactly one spelling. */
  private static final Pattern CANONICAL =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

  @JsonCreator
  public RequestId {
    requireNonNull(value, "a request id is a UUID");
  }

  /** Reads the 36-character form; anything else is no id. */
  public static Optional<RequestId> parse(String text) {
    return CANONICAL.matcher(text).matches()
        ? Optional.of(new RequestId(UUID.fromString(text)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
