package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** What was read of a request's body, or the reply to one that cannot be read. */
public sealed interface RequestBody {
  int LIMIT = 64 * 1024;

  record Utf8Text(String text) implements RequestBody {}

  record Unreadable(Problem problem) implements RequestBody {}

  /** Reads it up to the limit, with or without Content-Length. */
  static RequestBody of(HttpServletRequest request) {
    if (isEncoded(request)) {
      return new Unreadable(
          Problem.of(
                  HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                  "The body must not be compressed. Send it without Content-Encoding.")
              .header(HttpHeaders.ACCEPT_ENCODING, "identity"));
    }
    if (request.getContentLengthLong() > LIMIT) {
      return new Unreadable(Problem.of(HttpStatus.CONTENT_TOO_LARGE));
    }
    try {
      var bytes = BodyReader.read(request, LIMIT + 1);
      if (bytes.isEmpty()) {
        return new Unreadable(
            Problem.tooMany(
                "Too many requests from your address are sending their bodies slowly. Send each at once.",
                Duration.ofSeconds(5)));
      }
      return bytes.get().length > LIMIT
          ? new Unreadable(Problem.of(HttpStatus.CONTENT_TOO_LARGE))
          : new Utf8Text(decode(bytes.get()));
    } catch (CharacterCodingException e) {
      return new Unreadable(Problem.badField("body", "must be encoded in UTF-8"));
    } catch (SocketTimeoutException e) {
      return new Unreadable(
          Problem.of(HttpStatus.REQUEST_TIMEOUT)
              .header(HttpHeaders.CONNECTION, "close")); // the rest of the body is not read
    } catch (IOException e) {
      return new Unreadable(
          Problem.badField("body", "is incomplete: the connection or its chunks broke off"));
    }
  }

  /** Several lines are one list (RFC 9110, section 5.3). */
  private static boolean isEncoded(HttpServletRequest request) {
    return Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)).stream()
        .flatMap(line -> Arrays.stream(line.split(",")))
        .map(String::strip)
        .anyMatch(coding -> !coding.isEmpty() && !coding.equalsIgnoreCase("identity"));
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith("\uFEFF")
        ? text.substring(1)
        : text; // some editors add a byte order mark
  }
}
