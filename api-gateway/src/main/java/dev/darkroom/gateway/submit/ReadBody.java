package dev.darkroom.gateway.submit;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.springframework.http.HttpHeaders;

/** Reads a request's body up to a limit, whether its length was announced or not. */
final class ReadBody {
  static final int LIMIT = 64 * 1024;

  private ReadBody() {}

  /** What came. */
  sealed interface Body {
    record Text(String text) implements Body {}

    record TooLarge() implements Body {}

    /** It is compressed, or the like. */
    record Encoded() implements Body {}

    /** The connection or its chunks broke off. */
    record Broken() implements Body {}

    record NotUtf8() implements Body {}
  }

  static Body of(HttpServletRequest request) {
    if (isEncoded(Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)))) {
      return new Body.Encoded();
    }
    if (request.getContentLengthLong() > LIMIT) {
      return new Body.TooLarge();
    }
    try {
      var bytes = request.getInputStream().readNBytes(LIMIT + 1);
      return bytes.length > LIMIT ? new Body.TooLarge() : new Body.Text(decode(bytes));
    } catch (CharacterCodingException e) {
      return new Body.NotUtf8();
    } catch (IOException e) {
      return new Body.Broken();
    }
  }

  /** Several lines are one list (RFC 9110, section 5.3). */
  private static boolean isEncoded(List<String> lines) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(",")))
        .map(String::strip)
        .anyMatch(coding -> !coding.isEmpty() && !coding.equalsIgnoreCase("identity"));
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text; // some editors begin with a mark
  }
}
