package dev.darkroom.gateway.extras.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.CredentialVerifier;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.access.AccessKey;
import dev.darkroom.ledger.access.AccessKeyStore;
import dev.darkroom.ledger.access.KeyLimits;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditEntry;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes, lists and revokes API keys. Where access is open, only the command does. */
@RestController
class KeyController {
  private static final Logger log = LoggerFactory.getLogger(KeyController.class);
  private static final int SHOWN = 1_000;

  private final AccessKeyStore store;
  private final Optional<CredentialVerifier> verifier;
  private final Clock clock;
  private final IdentityParser parser = new IdentityParser();

  KeyController(AccessKeyStore store, Optional<CredentialVerifier> verifier, Clock clock) {
    this.store = store;
    this.verifier = verifier;
    this.clock = clock;
  }

  /**
   * A key in replies.
   *
   * @param key with its secret; only in the reply to its making
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record KeyView(
      @Nullable String key,
      String id,
      String owner,
      List<String> scopes,
      KeyLimitsView limits,
      Instant createdAt,
      String createdBy,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedBy,
      @Nullable Instant lastUsedAt) {
    static KeyView of(AccessKey key) {
      return of(null, key);
    }

    static KeyView of(@Nullable String text, AccessKey key) {
      return new KeyView(
          text,
          key.id(),
          key.owner(),
          key.scopes().stream().sorted().toList(),
          KeyLimitsView.of(key.limits()),
          key.createdAt(),
          key.createdBy(),
          key.expiresAt(),
          key.revokedAt(),
          key.revokedBy(),
          key.lastUsedAt());
    }
  }

  /** What a key changes about limits; the rest is absent. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record KeyLimitsView(
      @Nullable Integer requestsPerSecond,
      @Nullable Integer openJobs,
      @Nullable Integer jobsPerDay,
      @Nullable Integer weight) {
    static KeyLimitsView of(KeyLimits limits) {
      return new KeyLimitsView(
          limits.requestsPerSecond(), limits.openJobs(), limits.jobsPerDay(), limits.weight());
    }
  }

  /** The newest first. */
  record KeysView(List<KeyView> keys) {}

  @PostMapping("/api/keys")
  ResponseEntity<Object> create(HttpServletRequest request) {
    if (verifier.isEmpty()) {
      return refusal();
    }
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) -> create(text, request);
    };
  }

  private ResponseEntity<Object> create(String body, HttpServletRequest request) {
    return switch (parser.key(body, clock.instant())) {
      case Parsed.BadFields<AccessKey.NewAccessKey>(var errors) ->
          Problem.badFields(errors).answer();
      case Parsed.Success<AccessKey.NewAccessKey>(var asked) -> {
        var created = store.create(asked, entry(AuditAction.KEY_CREATE, request));
        log.atWarn()
            .addKeyValue("key", created.key().id())
            .addKeyValue("owner", created.key().owner())
            .addKeyValue("scopes", created.key().scopes())
            .addKeyValue("by", created.key().createdBy())
            .log("API key created");
        yield JsonReply.of(HttpStatus.CREATED, KeyView.of(created.text().text(), created.key()));
      }
    };
  }

  @GetMapping("/api/keys")
  ResponseEntity<Object> list(HttpServletRequest request) {
    if (verifier.isEmpty()) {
      return refusal();
    }
    var parameters = new RequestParameters(request);
    var owner = parameters.storableText("owner");
    return switch (parameters.parsed(() -> owner)) {
      case Parsed.BadFields<Optional<String>>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<Optional<String>>(var whose) ->
          JsonReply.of(
              HttpStatus.OK,
              new KeysView(
                  store.list(whose.orElse(null), SHOWN).stream().map(KeyView::of).toList()));
    };
  }

  /** May be repeated. Other gateways notice within 30 seconds. */
  @DeleteMapping("/api/keys/{keyId}")
  ResponseEntity<Object> revoke(@PathVariable String keyId, HttpServletRequest request) {
    if (verifier.isEmpty()) {
      return refusal();
    }
    var entry = entry(AuditAction.KEY_REVOKE, request);
    var revoked =
        keyId.indexOf('\0') >= 0 ? Optional.<AccessKey>empty() : store.revoke(keyId, entry);
    verifier.ifPresent(credentials -> credentials.forget(keyId));
    revoked.ifPresent(key ->
        log.atWarn()
            .addKeyValue("key", key.id())
            .addKeyValue("owner", key.owner())
            .addKeyValue("by", entry.actor())
            .log("API key revoked"));
    return revoked
        .map(key -> JsonReply.of(HttpStatus.OK, KeyView.of(key)))
        .orElseGet(
            () -> Problem.of(HttpStatus.NOT_FOUND, "No such API key. See GET /api/keys.").answer());
  }

  /** The store knows which key it is about. */
  private static AuditEntry entry(AuditAction action, HttpServletRequest request) {
    return AuditTrail.of(request, action, "key", Map.of());
  }

  /** Else whoever comes by could make a key that stays good when access is required. */
  private static ResponseEntity<Object> refusal() {
    return Problem.of(
            HttpStatus.FORBIDDEN,
            "Access is open, so nobody may make, see or revoke keys here. Use the command: java"
                + " -jar api-gateway.jar keys.")
        .answer();
  }
}
