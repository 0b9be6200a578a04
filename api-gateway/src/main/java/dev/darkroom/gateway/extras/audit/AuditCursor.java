package dev.darkroom.gateway.extras.audit;

import dev.darkroom.ledger.audit.AuditStore.AuditPosition;
import dev.darkroom.ledger.audit.AuditStore.AuditedAction;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/** Time and number of an entry, opaque to clients. */
final class AuditCursor {
  private static final int BYTES = 2 * Long.BYTES;
  private static final long FIRST = micros(Instant.parse("0001-01-01T00:00:00Z"));
  private static final long LAST = micros(Instant.parse("9999-12-31T23:59:59.999999Z"));

  private AuditCursor() {}

  static String of(AuditedAction action) {
    return of(micros(action.at()), action.seq());
  }

  private static String of(long micros, long seq) {
    var bytes = ByteBuffer.allocate(BYTES).putLong(micros).putLong(seq).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Empty where the text is no cursor. */
  static Optional<AuditPosition> parse(String cursor) {
    try {
      var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      if (bytes.remaining() != BYTES) {
        return Optional.empty();
      }
      var micros = bytes.getLong();
      var seq = bytes.getLong();
      return micros >= FIRST && micros <= LAST && of(micros, seq).equals(cursor)
          ? Optional.of(AuditPosition.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), seq))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }
}
