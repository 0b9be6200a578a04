package dev.darkroom.gateway.extras.identity;

import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.http.FieldReader;
import dev.darkroom.gateway.http.JsonObjectReader;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.access.KeyLimits;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Parses the bodies of requests for keys and sessions. */
final class IdentityParser {
  private static final int LARGEST_LIMIT = 1_000_000_000;
  private static final int LARGEST_WEIGHT = 100;

  /** Browsers keep no larger cookies than 4,096 bytes with name and attributes. */
  private static final int LONGEST_CREDENTIAL = 3_900;

  private static final String SCOPES =
      Arrays.stream(Scope.values()).map(Scope::word).collect(Collectors.joining(", "));

  private final JsonObjectReader json = new JsonObjectReader(RequestBody.LIMIT);

  /** What a page signs in with: an API key or an access token. */
  Parsed<String> credential(String body) {
    return read(
        body,
        fields -> {
          var key = fields.text("key", LONGEST_CREDENTIAL);
          var token = fields.text("token", LONGEST_CREDENTIAL);
          if (fields.errors().isEmpty() && key.isPresent() == token.isPresent()) {
            fields.reject("key", "or token is required, and only one of them");
          }
          return key.or(() -> token).orElse("");
        });
  }

  /** A key to be made. */
  Parsed<NewAccessKey> key(String body, Instant now) {
    return read(
        body,
        fields -> {
          var owner = fields.requiredText("owner", NewAccessKey.LONGEST_OWNER);
          var scopes = scopes(fields);
          var limits = fields.object("limits");
          fields.allowOnly("owner", "scopes", "limits", "expiresAt");
          limits.allowOnly("requestsPerSecond", "openJobs", "jobsPerDay", "weight");
          var expiresAt = fields.instant("expiresAt");
          if (expiresAt.isPresent() && !expiresAt.get().isAfter(now)) {
            fields.reject("expiresAt", "must be in the future");
          }
          return new NewAccessKey(
              owner,
              scopes,
              new KeyLimits(
                  limit(limits, "requestsPerSecond", LARGEST_LIMIT),
                  limit(limits, "openJobs", LARGEST_LIMIT),
                  limit(limits, "jobsPerDay", LARGEST_LIMIT),
                  limit(limits, "weight", LARGEST_WEIGHT)),
              expiresAt.orElse(null));
        });
  }

  private static @Nullable Integer limit(FieldReader limits, String field, int max) {
    return limits.integer(field, 1, max).map(Long::intValue).orElse(null);
  }

  private static Set<String> scopes(FieldReader fields) {
    var array = fields.value("scopes");
    var scopes = new TreeSet<String>();
    var isGood = array.isArray() && !array.isEmpty();
    if (isGood) {
      for (var word : array) {
        isGood &= word.isString() && Scope.of(word.stringValue()).isPresent();
        scopes.add(word.asString(""));
      }
    }
    if (!isGood) {
      fields.reject("scopes", "is required: an array of one or more of " + SCOPES);
      return Set.of();
    }
    return scopes;
  }

  private <T> Parsed<T> read(String body, Function<FieldReader, T> parse) {
    var object = object(body);
    if (object.isEmpty()) {
      return new Parsed.BadFields<>(
          List.of(new Parsed.BadField("body", "must be a valid JSON object")));
    }
    var fields = new FieldReader(object.get());
    var value = parse.apply(fields);
    return fields.errors().isEmpty()
        ? new Parsed.Success<>(value)
        : new Parsed.BadFields<>(fields.errors());
  }

  private Optional<JsonNode> object(String body) {
    try {
      var object = json.read(body);
      return object.isObject() ? Optional.of(object) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
