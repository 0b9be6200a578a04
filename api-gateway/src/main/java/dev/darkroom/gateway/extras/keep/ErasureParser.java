package dev.darkroom.gateway.extras.keep;

import dev.darkroom.gateway.http.FieldReader;
import dev.darkroom.gateway.http.JsonObjectReader;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.keep.Erasure.ErasedParty;
import dev.darkroom.model.GenerationRequest;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Parses the bodies of erasures. */
final class ErasureParser {
  private static final int LONGEST_REASON = 500;

  private final JsonObjectReader json = new JsonObjectReader(RequestBody.LIMIT);

  /**
   * Who is to be erased.
   *
   * @param dryRun whether their jobs are only counted
   */
  record ErasureRequest(ErasedParty party, String reason, boolean dryRun) {}

  Parsed<ErasureRequest> parse(String body) {
    var object = read(body);
    if (object.isEmpty()) {
      return new Parsed.BadFields<>(
          List.of(new Parsed.BadField("body", "must be a valid JSON object")));
    }
    var fields = new FieldReader(object.get());
    fields.allowOnly("owner", "userId", "dryRun", "reason");
    var owner = name(fields, "owner");
    var user = name(fields, "userId");
    var dryRun = fields.flag("dryRun");
    var reason =
        dryRun
            ? fields.text("reason", LONGEST_REASON).orElse("")
            : fields.requiredText("reason", LONGEST_REASON);
    if (owner.isEmpty() && user.isEmpty() && fields.errors().isEmpty()) {
      fields.reject("userId", "or owner is required");
    }
    return fields.errors().isEmpty()
        ? new Parsed.Success<>(
            new ErasureRequest(
                new ErasedParty(owner.orElse(null), user.orElse(null)), reason, dryRun))
        : new Parsed.BadFields<>(fields.errors());
  }

  /** A blank name is a mistake, and must not look like none. */
  private static Optional<String> name(FieldReader fields, String field) {
    var before = fields.errors().size();
    var name = fields.text(field, GenerationRequest.MAX_USER_ID);
    if (name.isEmpty()
        && fields.errors().size() == before
        && !fields.value(field).isMissingNode()) {
      fields.reject(field, "must not be blank; leave it out to name none");
    }
    return name;
  }

  private Optional<JsonNode> read(String body) {
    try {
      return Optional.of(json.read(body)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
