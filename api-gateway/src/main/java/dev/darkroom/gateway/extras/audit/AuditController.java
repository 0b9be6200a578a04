package dev.darkroom.gateway.extras.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.gateway.http.TimeCursor;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditFilter;
import dev.darkroom.ledger.audit.AuditStore;
import dev.darkroom.ledger.audit.AuditStore.AuditPosition;
import dev.darkroom.ledger.audit.AuditStore.AuditedAction;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Pages of the audit, newest first. */
@RestController
class AuditController {
  private static final int MAX_LIMIT = 500;
  private static final int DEFAULT_LIMIT = 50;

  private final AuditStore audit;
  private final HeavyReaders readers;
  private final JsonMapper json;

  AuditController(AuditStore audit, HeavyReaders readers, JsonMapper json) {
    this.audit = audit;
    this.readers = readers;
    this.json = json;
  }

  /** What is asked for. */
  private record AuditQuery(AuditFilter filter, AuditPosition after, int limit) {}

  /**
   * A page.
   *
   * @param nextCursor for the next page; absent on the last one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record AuditReply(List<AuditedAction> entries, int limit, @Nullable String nextCursor) {
    static AuditReply of(List<AuditedAction> found, int limit) {
      var more = found.size() > limit;
      var entries = more ? found.subList(0, limit) : found;
      return new AuditReply(entries, limit, more ? cursorAt(entries.getLast()) : null);
    }

    private static String cursorAt(AuditedAction last) {
      return new TimeCursor(last.at(), last.seq()).text();
    }
  }

  @GetMapping("/api/audit")
  @Nullable ResponseEntity<Object> list(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (parse(new RequestParameters(request))) {
      case Parsed.BadFields<AuditQuery>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<AuditQuery>(var query) ->
          readers.page(request, () -> readers.write(json, find(query), response));
    };
  }

  private AuditReply find(AuditQuery query) {
    return AuditReply.of(
        audit.page(query.after(), query.filter(), query.limit() + 1), query.limit());
  }

  private static Parsed<AuditQuery> parse(RequestParameters parameters) {
    var limit = parameters.integer("limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
    var cursor = parameters.text("cursor");
    var after =
        cursor.flatMap(TimeCursor::parse).map(found -> AuditPosition.of(found.at(), found.seq()));
    if (cursor.isPresent() && after.isEmpty()) {
      parameters.reject("cursor", "must be the nextCursor of an earlier reply");
    }
    var actor = parameters.storableText("actor");
    var action = parameters.oneOf("action", List.of(AuditAction.values()), AuditAction::word);
    var target = parameters.storableText("target");
    var since = parameters.instant("since");
    var until = parameters.instant("until");
    if (since.isPresent() && until.isPresent() && !since.get().isBefore(until.get())) {
      parameters.reject("since", "must be earlier than until");
      parameters.reject("until", "must be later than since");
    }
    return parameters.parsed(() ->
        new AuditQuery(
            new AuditFilter(
                actor.orElse(null),
                action.orElse(null),
                target.orElse(null),
                since.orElse(null),
                until.orElse(null)),
            after.orElse(AuditPosition.START),
            Math.toIntExact(limit)));
  }
}
