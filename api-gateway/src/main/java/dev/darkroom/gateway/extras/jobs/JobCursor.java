package dev.darkroom.gateway.extras.jobs;

import dev.darkroom.model.RequestId;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/** The id of a job in the list, opaque to clients. */
final class JobCursor {
  private static final int BYTES = 2 * Long.BYTES;

  private JobCursor() {}

  static String of(RequestId requestId) {
    var bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(requestId.value().getMostSignificantBits())
            .putLong(requestId.value().getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Empty where the text is no cursor. */
  static Optional<RequestId> parse(String cursor) {
    try {
      var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      return bytes.remaining() == BYTES
          ? Optional.of(new RequestId(new UUID(bytes.getLong(), bytes.getLong())))
              .filter(requestId -> of(requestId).equals(cursor))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
