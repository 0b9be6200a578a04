package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;

/**
 * The header that makes repeated requests one (<a
 * href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">draft-ietf-httpapi-idempotency-key-header</a>).
 * The draft wants a quoted string of RFC 9651; most clients send their key bare. {@code "abc"} and
 * {@code abc} are one key.
 *
 * @param key empty where none was sent
 * @param errors what is wrong with what was sent
 */
public record IdempotencyKeyHeader(Optional<String> key, List<BadField> errors) {
  /** A header of replies to repeated requests. */
  public static final String REPLAYED = "Idempotent-Replayed";

  private static final String NAME = "Idempotency-Key";
  private static final Pattern QUOTED = Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*+)\"");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

  public static IdempotencyKeyHeader of(HttpServletRequest request) {
    return in(Collections.list(request.getHeaders(NAME)));
  }

  /** The key stands for something else. */
  public static Problem reused() {
    return Problem.of(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "This Idempotency-Key was sent with a different request. Repeat that request, or use a"
                + " new key.")
        .code(ProblemCode.KEY_REUSED);
  }

  /** From all lines of a request with this name. */
  static IdempotencyKeyHeader in(List<String> lines) {
    var sent = lines.stream().map(IdempotencyKeyHeader::unquoted).distinct().toList();
    if (sent.isEmpty()) {
      return new IdempotencyKeyHeader(Optional.empty(), List.of());
    }
    if (sent.size() > 1) {
      return bad("has several values; send one");
    }
    return IdempotencyKey.isKey(sent.getFirst())
        ? new IdempotencyKeyHeader(Optional.of(sent.getFirst()), List.of())
        : bad(
            "must be 1 to %d printable ASCII characters, not blank, bare or in double quotes"
                .formatted(IdempotencyKey.MAX_LENGTH));
  }

  /** Blank, which is no key, where it begins as a quoted string and is none. */
  private static String unquoted(String line) {
    if (!line.startsWith("\"")) {
      return line;
    }
    var quoted = QUOTED.matcher(line);
    return quoted.matches() ? ESCAPED.matcher(quoted.group(1)).replaceAll("$1") : "";
  }

  private static IdempotencyKeyHeader bad(String message) {
    return new IdempotencyKeyHeader(Optional.empty(), List.of(new BadField(NAME, message)));
  }
}
