package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.ProviderError.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Reads errors in the shapes that are about: {@code {"detail":"text"}} and {@code
 * {"detail":[{"loc","msg","type"}]}} as Nebius writes them, {@code {"error":{"message","type",
 * "code"}}} as OpenAI does, and what others make of either.
 */
final class ErrorBodyParser {
  private static final List<String> ERRORS = List.of("error", "errors", "detail");

  /** Where more of the error may stand; never within what repeats the request. */
  private static final Set<String> WITHIN =
      Set.of(
          "error",
          "errors",
          "detail",
          "details",
          "data",
          "output",
          "result",
          "artifacts",
          "inner_error",
          "innererror",
          "innerError",
          "promptFeedback",
          "prompt_feedback");

  private static final List<String> CODES =
      List.of(
          "code",
          "error_code",
          "errorCode",
          "type",
          "name",
          "status",
          "reason",
          "finish_reason",
          "finishReason",
          "blockReason",
          "block_reason");

  /** Names of faults, and of the fields of a request, are no refusals of what it asks to see. */
  private static final Pattern ABOUT_A_FIELD =
      Pattern.compile("^(invalid|missing|unknown|unsupported|unexpected|valueerror|.*tolerance)");

  private static final Pattern OUTAGE =
      Pattern.compile(
          "overload|unavailable|servererror|internalerror|^internal$|atcapacity|overcapacity|busy|timeout|timedout|^50[0234]$|^529$");
  private static final Pattern BALANCE =
      Pattern.compile(
          "insufficient(quota|balance|fund|credit)|billing|paymentrequired|outofcredit|creditsexhausted|^402$");
  private static final Pattern RATE = Pattern.compile("ratelimit|toomanyrequests|throttl|^429$");
  private static final Pattern KEY =
      Pattern.compile("invalidapikey|incorrectapikey|authentication|unauthorized|^401$");
  private static final Pattern CONTENT =
      Pattern.compile(
          "content(policy|filter|moderat|safety|violation|blocked|refus|reject)|moderat|nsfw|safety|policyviolation|prohibitedcontent|sensitivecontent|explicitcontent|inappropriate|unsafe|flagged|datainspectionfailed");

  /** In sentences, which are asked only where no code says more. */
  private static final Pattern OUTAGE_WORDS =
      Pattern.compile(
          "overload|unavailable|at capacity|(server|service|model) is (too )?busy|internal (server )?error|try again (later|in)|timed out",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern RATE_WORDS =
      Pattern.compile("rate.?limit|too many requests", Pattern.CASE_INSENSITIVE);
  private static final Pattern CONTENT_WORDS =
      Pattern.compile(
          "content (policy|filter|moderation)|safety (system|filter|check)|moderation|nsfw|flagged|blocked by|inappropriate|prohibited content",
          Pattern.CASE_INSENSITIVE);

  private ErrorBodyParser() {}

  /** The body of an answer whose status says that it is an error. */
  static ProviderError parse(JsonNode body) {
    return new ProviderError(words(body), kindByCode(body));
  }

  /**
   * An error in an answer whose status says that all is well, but which brings no picture.
   *
   * @return empty where it names none
   */
  static Optional<ProviderError> inGoodAnswer(JsonNode body) {
    var kind = kindByCode(body);
    return places(body)
        .filter(place -> ERRORS.stream().anyMatch(name -> isSaid(place.path(name))))
        .findFirst()
        .map(place -> withKindByWords(new ProviderError(words(place), kind)))
        .or(() -> kind == Kind.CONTENT ? Optional.of(withheld(body)) : Optional.empty());
  }

  /** A picture that only its code explains, such as {@code "finish_reason":"content_filter"}. */
  private static ProviderError withheld(JsonNode body) {
    return bareMessage(body).orElse(new ProviderError("", Kind.CONTENT));
  }

  /** Its only words, such as {@code {"message":"…"}}, where nothing else explains the answer. */
  static Optional<ProviderError> bareMessage(JsonNode body) {
    return places(body)
        .map(ErrorBodyParser::words)
        .filter(Predicate.not(String::isBlank))
        .findFirst()
        .map(words -> withKindByWords(new ProviderError(words, kindByCode(body))));
  }

  /** Of an answer: itself, and where pictures and tasks stand in it. */
  static Stream<JsonNode> places(JsonNode body) {
    return Stream.of(
            body,
            body.path("data"),
            body.path("data").path(0),
            body.path("output"),
            body.path("result"),
            body.path("task"))
        .filter(JsonNode::isObject);
  }

  private static boolean isSaid(JsonNode error) {
    return error.isContainer()
        ? !error.isEmpty()
        : !error.stringValue("").isBlank() || error.asBoolean(false);
  }

  private static ProviderError withKindByWords(ProviderError error) {
    var words = error.words();
    if (error.kind() != Kind.OTHER) {
      return error;
    } else if (CONTENT_WORDS.matcher(words).find()) {
      return new ProviderError(words, Kind.CONTENT);
    } else if (RATE_WORDS.matcher(words).find()) {
      return new ProviderError(words, Kind.RATE_LIMIT);
    }
    return OUTAGE_WORDS.matcher(words).find() ? new ProviderError(words, Kind.OUTAGE) : error;
  }

  private static Kind kindByCode(JsonNode body) {
    return codes(body, 0)
        .map(ErrorBodyParser::kind)
        .filter(kind -> kind != Kind.OTHER)
        .findFirst()
        .orElse(Kind.OTHER);
  }

  private static Stream<String> codes(JsonNode node, int depth) {
    if (depth > 5) {
      return Stream.empty();
    } else if (node.isArray()) {
      return node.valueStream().flatMap(item -> codes(item, depth + 1));
    }
    return Stream.concat(
        Stream.concat(CODES.stream(), ERRORS.stream())
            .map(node::path)
            .filter(JsonNode::isValueNode)
            .map(code -> code.asString(""))
            .filter(code -> !code.contains(" ")),
        node.propertyStream()
            .filter(property -> WITHIN.contains(property.getKey()))
            .flatMap(property -> codes(property.getValue(), depth + 1)));
  }

  private static Kind kind(String code) {
    var word = code.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    if (BALANCE.matcher(word).find()) {
      return Kind.BALANCE;
    } else if (RATE.matcher(word).find()) {
      return Kind.RATE_LIMIT;
    } else if (KEY.matcher(word).find()) {
      return Kind.KEY;
    } else if (OUTAGE.matcher(word).find()) {
      return Kind.OUTAGE;
    }
    return CONTENT.matcher(word).find() && !ABOUT_A_FIELD.matcher(word).find()
        ? Kind.CONTENT
        : Kind.OTHER;
  }

  /** A sentence rather than a code, where there are both. */
  private static String words(JsonNode body) {
    var said =
        Stream.concat(ERRORS.stream().sorted().map(body::path), Stream.of(body))
            .map(ErrorBodyParser::text)
            .filter(Predicate.not(String::isEmpty))
            .toList();
    return said.stream()
        .filter(words -> words.contains(" "))
        .findFirst()
        .orElse(said.isEmpty() ? "" : said.getFirst());
  }

  private static String text(JsonNode said) {
    if (said.isArray()) {
      return said.valueStream()
          .map(ErrorBodyParser::text)
          .filter(Predicate.not(String::isEmpty))
          .collect(Collectors.joining("; "));
    }
    return said.isObject() ? problem(said) : said.stringValue("");
  }

  private static String problem(JsonNode one) {
    var place = one.path("loc").valueStream().map(part -> part.asString("")).toList();
    var message =
        Stream.of("msg", "message", "detail", "error_description", "title")
            .map(name -> one.path(name).stringValue(""))
            .filter(Predicate.not(String::isEmpty))
            .findFirst()
            .orElse("");
    return place.isEmpty() || message.isEmpty()
        ? message
        : String.join(".", place) + ": " + message;
  }
}
