package dev.darkroom.gateway.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.http.Parsed.BadField;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/**
 * An error as OpenAI's client libraries read it: every problem below {@code /v1} has this form.
 *
 * @see <a href="https://platform.openai.com/docs/guides/error-codes">OpenAI's error codes</a>
 */
public record OpenAiError(ErrorObject error) {
  /**
   * Client libraries repeat a request after 408, 409, 429 and every 5xx, unless this forbids it.
   */
  public static final String SHOULD_RETRY = "X-Should-Retry";

  private static final String INVALID_REQUEST = "invalid_request_error";
  private static final String RATE_LIMIT = "rate_limit_error";
  private static final String QUOTA = "insufficient_quota";
  private static final String SERVER = "server_error";

  private static final int TOO_MANY = 429;
  private static final int OURS = 500;

  /** Codes of ours for which OpenAI has a word that programs look for. */
  private static final Map<String, String> THEIR_CODES =
      Map.of(
          ProblemCode.UNAUTHENTICATED.word(), "invalid_api_key",
          ProblemCode.RATE_LIMITED.word(), "rate_limit_exceeded",
          ProblemCode.TOO_MANY_JOBS_TODAY.word(), QUOTA);

  /** With these the same request fails again, for all that the client can wait. */
  private static final Set<String> LASTING =
      Set.of(ProblemCode.TOO_MANY_JOBS_TODAY.word(), ProblemCode.NOT_IMPLEMENTED.word());

  /**
   * What is wrong.
   *
   * @param message a sentence a person can act on
   * @param type a coarse kind
   * @param param the field at issue
   * @param code a word for programs
   */
  @JsonInclude
  public record ErrorObject(String message, String type, @Nullable String param, String code) {}

  /** Whether errors at this path have this form. */
  public static boolean isFormAt(String path) {
    return path.equals("/v1") || path.startsWith("/v1/");
  }

  /** The same as a problem, whose {@code param} names the field if {@code errors} does not. */
  public static OpenAiError of(ProblemDetail problem) {
    var properties = Objects.requireNonNullElse(problem.getProperties(), Map.of());
    return of(
        problem.getStatus(),
        Objects.toString(properties.get("code"), ""),
        String.valueOf(problem.getDetail()),
        properties.get("param") instanceof String param
            ? param
            : firstField(properties.get("errors")));
  }

  /** Of a status about which there is nothing more particular to say. */
  public static OpenAiError of(int status) {
    var code = ProblemCode.of(status);
    return of(status, code.word(), code.sentence(), null);
  }

  private static OpenAiError of(int status, String code, String sentence, @Nullable String param) {
    var theirs = THEIR_CODES.getOrDefault(code, code);
    return new OpenAiError(new ErrorObject(sentence, typeOf(status, theirs), param, theirs));
  }

  private static String typeOf(int status, String code) {
    if (status == TOO_MANY) {
      return code.equals(QUOTA) ? QUOTA : RATE_LIMIT;
    }
    return status >= OURS ? SERVER : INVALID_REQUEST;
  }

  private static @Nullable String firstField(@Nullable Object errors) {
    return errors instanceof List<?> all && !all.isEmpty() && all.getFirst() instanceof BadField bad
        ? bad.field()
        : null;
  }

  /** Whether the same request fails again however often it is repeated. */
  public static boolean lasts(ProblemDetail problem) {
    var properties = Objects.requireNonNullElse(problem.getProperties(), Map.of());
    return LASTING.contains(Objects.toString(properties.get("code"), ""));
  }
}
