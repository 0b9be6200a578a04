package dev.darkroom.worker.nebius.response;

import dev.darkroom.worker.nebius.http.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parses errors in the shapes providers use: {@code {"detail":"text"}} and {@code
 * {"detail":[{"loc","msg","type"}]}} as Nebius writes them, {@code {"error":{"message","type",
 * "code"}}} as OpenAI does, variants of both, and the HTML pages of proxies.
 */
public final class ErrorBodyParser {
  private static final int MAX_BODY = 16 * 1024;
  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*+>([^<]*+)</title>", Pattern.CASE_INSENSITIVE);

  private static final List<String> ERRORS = List.of("error", "errors", "detail");

  /** Fields that may hold more of the error; none that repeats the request. */
  private static final Set<String> NESTED =
      words(
          "error errors detail details data output result artifacts inner_error innererror"
              + " innerError promptFeedback prompt_feedback");

  private static final Set<String> CODES =
      words(
          "code error_code errorCode type name status reason finish_reason finishReason blockReason"
              + " block_reason error errors detail");

  private static final Set<String> TASK_IDS =
      words("task_id taskId job_id jobId prediction_id operation_id polling_url status_url");

  private static final Set<String> TASK_STATES =
      words("status state task_status taskStatus job_status");

  private static final Set<String> PENDING =
      words(
          "queued inqueue pending processing running inprogress starting started submitted created"
              + " accepted waiting scheduled preparing generating initializing notstarted");

  /** Codes that name a field of the request do not refuse its content. */
  private static final Pattern FIELD_CODE =
      Pattern.compile("^(invalid|missing|unknown|unsupported|unexpected|valueerror|.*tolerance)");

  private static final Pattern CONTENT_CODE =
      Pattern.compile(
          "content(policy|filter|moderat|safety|violation|blocked|refus|reject)|moderat|nsfw|safety"
              + "|policyviolation|prohibitedcontent|sensitivecontent|explicitcontent|inappropriate"
              + "|unsafe|flagged|datainspectionfailed");

  /** In the order in which they are tried. */
  private static final List<Map.Entry<ErrorKind, Pattern>> OTHER_CODES =
      List.of(
          code(
              ErrorKind.BALANCE,
              "insufficient(quota|balance|fund|credit)|billing|paymentrequired|outofcredit"
                  + "|creditsexhausted|^402$"),
          code(ErrorKind.RATE_LIMIT, "ratelimit|toomanyrequests|throttl|^429$"),
          code(ErrorKind.KEY, "invalidapikey|incorrectapikey|authentication|unauthorized|^401$"),
          code(
              ErrorKind.OUTAGE,
              "overload|unavailable|servererror|internalerror|^internal$|atcapacity|overcapacity"
                  + "|busy|timeout|timedout|^50[0234]$|^529$"));

  /** Sentences are searched only if no code tells the kind. */
  private static final List<Map.Entry<ErrorKind, Pattern>> SENTENCES =
      List.of(
          code(
              ErrorKind.CONTENT,
              "content (policy|filter|moderation)|safety (system|filter|check)|moderation|nsfw"
                  + "|flagged|blocked by|inappropriate|prohibited content"),
          code(ErrorKind.RATE_LIMIT, "rate.?limit|too many requests"),
          code(
              ErrorKind.OUTAGE,
              "overload|unavailable|at capacity|(server|service|model) is (too )?busy"
                  + "|internal (server )?error|try again (later|in)|timed out"));

  private final ApiKey key;
  private final JsonMapper json = new JsonMapper();

  public ErrorBodyParser(ApiKey key) {
    this.key = key;
  }

  /**
   * What a provider says about a request that it did not carry out.
   *
   * @param message one line without our key; may be empty
   * @param kind what its codes say, whatever the status was
   */
  public record ProviderError(String message, ErrorKind kind) {}

  /** What is wrong, as far as an error's codes or sentences tell. */
  public enum ErrorKind {
    /** What the request asks to see is refused. */
    CONTENT,
    /** The account can't pay. */
    BALANCE,
    KEY,
    RATE_LIMIT,
    OUTAGE,
    UNCLASSIFIED
  }

  /** Parses the body of an error status: JSON, the title of a page, or the start of a text. */
  public ProviderError parse(InputStream body) {
    var text = beginning(body);
    if (text.startsWith("<")) {
      return error(title(text), ErrorKind.UNCLASSIFIED);
    }
    try {
      var parsed = json.readTree(text);
      return error(message(parsed), kindByCode(parsed));
    } catch (JacksonException e) {
      return error(text, ErrorKind.UNCLASSIFIED);
    }
  }

  /** The error that a 2xx body without a picture names. */
  public Optional<ProviderError> errorIn(JsonNode body) {
    return places(body)
        .filter(place -> ERRORS.stream().anyMatch(name -> isError(place.path(name))))
        .findFirst()
        .map(place -> classified(message(place), body))
        .or(() ->
            kindByCode(body) == ErrorKind.CONTENT // such as "finish_reason":"content_filter"
                ? messageIn(body).or(() -> Optional.of(error("", ErrorKind.CONTENT)))
                : Optional.empty());
  }

  /** The message of a 2xx body without a picture or an error, such as {@code {"message":"…"}}. */
  public Optional<ProviderError> messageIn(JsonNode body) {
    return places(body)
        .map(ErrorBodyParser::message)
        .filter(Predicate.not(String::isBlank))
        .findFirst()
        .map(message -> classified(message, body));
  }

  /** Whether a body names a task to be polled, which may be carried out and billed. */
  public static boolean isTask(JsonNode body) {
    return places(body)
        .anyMatch(place ->
            TASK_IDS.stream().map(place::path).anyMatch(ErrorBodyParser::isId)
                || TASK_STATES.stream()
                    .map(state -> place.path(state).stringValue(""))
                    .map(state -> state.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", ""))
                    .anyMatch(PENDING::contains)
                || !place.path("done").asBoolean(true));
  }

  private static boolean isId(JsonNode id) {
    return id.isIntegralNumber() || !id.stringValue("").isBlank();
  }

  private ProviderError classified(String message, JsonNode body) {
    var byCode = kindByCode(body);
    return error(
        message, byCode == ErrorKind.UNCLASSIFIED ? firstMatch(SENTENCES, message) : byCode);
  }

  private ProviderError error(String message, ErrorKind kind) {
    return new ProviderError(key.sanitize(message), kind);
  }

  /** The objects of a body in which pictures, errors and tasks stand. */
  private static Stream<JsonNode> places(JsonNode body) {
    return Stream.of(
            body,
            body.path("data"),
            body.path("data").path(0),
            body.path("output"),
            body.path("result"),
            body.path("task"))
        .filter(JsonNode::isObject);
  }

  private static boolean isError(JsonNode error) {
    return error.isContainer()
        ? !error.isEmpty()
        : !error.stringValue("").isBlank() || error.asBoolean(false);
  }

  private static ErrorKind kindByCode(JsonNode body) {
    return codes(body, 0)
        .map(ErrorBodyParser::kindOf)
        .filter(kind -> kind != ErrorKind.UNCLASSIFIED)
        .findFirst()
        .orElse(ErrorKind.UNCLASSIFIED);
  }

  private static Stream<String> codes(JsonNode node, int depth) {
    if (depth > 5) {
      return Stream.empty();
    } else if (node.isArray()) {
      return node.valueStream().flatMap(item -> codes(item, depth + 1));
    }
    return Stream.concat(
        CODES.stream()
            .map(node::path)
            .filter(JsonNode::isValueNode)
            .map(code -> code.asString(""))
            .filter(code -> !code.contains(" ")),
        node.propertyStream()
            .filter(property -> NESTED.contains(property.getKey()))
            .flatMap(property -> codes(property.getValue(), depth + 1)));
  }

  private static ErrorKind kindOf(String code) {
    var word = code.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    var kind = firstMatch(OTHER_CODES, word);
    return kind == ErrorKind.UNCLASSIFIED
            && CONTENT_CODE.matcher(word).find()
            && !FIELD_CODE.matcher(word).find()
        ? ErrorKind.CONTENT
        : kind;
  }

  private static ErrorKind firstMatch(List<Map.Entry<ErrorKind, Pattern>> patterns, String text) {
    return patterns.stream()
        .filter(entry -> entry.getValue().matcher(text).find())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(ErrorKind.UNCLASSIFIED);
  }

  /** A sentence rather than a code, where there are both. */
  private static String message(JsonNode body) {
    var texts =
        Stream.concat(ERRORS.stream().sorted().map(body::path), Stream.of(body))
            .map(ErrorBodyParser::text)
            .filter(Predicate.not(String::isEmpty))
            .toList();
    return texts.stream()
        .filter(text -> text.contains(" "))
        .findFirst()
        .orElse(texts.isEmpty() ? "" : texts.getFirst());
  }

  private static String text(JsonNode node) {
    if (node.isArray()) {
      return node.valueStream()
          .map(ErrorBodyParser::text)
          .filter(Predicate.not(String::isEmpty))
          .collect(Collectors.joining("; "));
    }
    return node.isObject() ? problem(node) : node.stringValue("");
  }

  private static String problem(JsonNode node) {
    var location = node.path("loc").valueStream().map(part -> part.asString("")).toList();
    var message =
        Stream.of("msg", "message", "detail", "error_description", "title")
            .map(name -> node.path(name).stringValue(""))
            .filter(Predicate.not(String::isEmpty))
            .findFirst()
            .orElse("");
    return location.isEmpty() || message.isEmpty()
        ? message
        : String.join(".", location) + ": " + message;
  }

  /** Without the status that many titles begin with. */
  private static String title(String page) {
    var title = TITLE.matcher(page);
    return title.find()
        ? HtmlUtils.htmlUnescape(title.group(1))
            .replaceAll("\\s+", " ")
            .strip()
            .replaceFirst("^\\d{3}\\b[ :|-]*", "")
        : "";
  }

  private static String beginning(InputStream body) {
    var text = new byte[MAX_BODY];
    var filled = 0;
    try {
      var read = body.read(text);
      while (read > 0) {
        filled += read;
        read = body.read(text, filled, text.length - filled); // 0 where it is full
      }
    } catch (IOException e) {
      // the status is known; a part of its message is enough
    }
    var words = new String(text, 0, filled, StandardCharsets.UTF_8);
    return (words.startsWith("\ufeff") ? words.substring(1) : words).strip();
  }

  private static Set<String> words(String words) {
    return new LinkedHashSet<>(List.of(words.split(" ")));
  }

  private static Map.Entry<ErrorKind, Pattern> code(ErrorKind kind, String regex) {
    return Map.entry(kind, Pattern.compile(regex, Pattern.CASE_INSENSITIVE));
  }
}
