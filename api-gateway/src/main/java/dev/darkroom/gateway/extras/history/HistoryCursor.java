package dev.darkroom.gateway.extras.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.darkroom.ledger.history.HistoryPosition;
import dev.darkroom.ledger.history.HistoryPosition.MissingNumbers;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A position in the history, opaque to clients. */
final class HistoryCursor {
  /** As many digits as a long always holds. */
  private static final Pattern POSITION =
      Pattern.compile("([0-9a-f]{16}):(\\d{1,18})(?::(\\d{1,18}):(\\d{1,18}))?");

  private HistoryCursor() {}

  static String of(HistoryPosition position) {
    var missing = position.missing();
    var text =
        position.epoch()
            + ":"
            + position.seq()
            + (missing == null ? "" : ":" + missing.upTo() + ":" + missing.before());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(US_ASCII));
  }

  /** Empty where the text is no cursor. */
  static Optional<HistoryPosition> parse(String cursor) {
    try {
      var text = new String(Base64.getUrlDecoder().decode(cursor), US_ASCII);
      var parts = POSITION.matcher(text);
      return parts.matches()
          ? Optional.of(position(parts)).filter(position -> of(position).equals(cursor))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static HistoryPosition position(MatchResult parts) {
    var missing =
        parts.group(3) == null
            ? null
            : new MissingNumbers(Long.parseLong(parts.group(3)), Long.parseLong(parts.group(4)));
    return new HistoryPosition(parts.group(1), Long.parseLong(parts.group(2)), missing);
  }
}
