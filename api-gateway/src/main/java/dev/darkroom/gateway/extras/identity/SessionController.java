package dev.darkroom.gateway.extras.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.CredentialVerifier;
import dev.darkroom.gateway.access.CredentialVerifier.SupabaseProject;
import dev.darkroom.gateway.access.Identification;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.limit.CallerRates;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.access.AccessKeyText;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.audit.AuditStore;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Signs pages in and out. The cookie holds the key or the token itself, where no script can read
 * it: there is nothing to keep on a server, and a revocation holds as for every other client.
 */
@RestController
class SessionController {
  /** Of a key that never expires. */
  private static final Duration LONGEST = Duration.ofDays(30);

  private static final Logger log = LoggerFactory.getLogger(SessionController.class);
  private static final String TARGET = "session";

  /** The actor of a refused sign-in. */
  private static final String NOBODY = "nobody";

  private final Optional<CredentialVerifier> verifier;
  private final CallerRates rates;
  private final AuditStore audit;
  private final Clock clock;
  private final IdentityParser parser = new IdentityParser();

  SessionController(
      Optional<CredentialVerifier> verifier, CallerRates rates, AuditStore audit, Clock clock) {
    this.verifier = verifier;
    this.rates = rates;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A session in replies; where access is open there is only the mode.
   *
   * @param supabase where people sign in
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record SessionView(
      String mode,
      @Nullable Boolean signedIn,
      @Nullable String owner,
      @Nullable List<String> scopes,
      @Nullable Instant expiresAt,
      @Nullable SupabaseProject supabase) {
    static final SessionView OPEN = new SessionView("open", null, null, null, null, null);

    static SessionView of(
        Optional<Identification.Known> known, Optional<SupabaseProject> supabase) {
      var caller = known.map(Identification.Known::caller);
      return new SessionView(
          "required",
          known.isPresent(),
          caller.map(Caller::owner).orElse(null),
          caller.map(one -> one.scopes().stream().sorted().map(Scope::word).toList()).orElse(null),
          known.map(Identification.Known::until).orElse(null),
          supabase.orElse(null));
    }
  }

  @GetMapping("/api/session")
  ResponseEntity<Object> show(HttpServletRequest request) {
    if (verifier.isEmpty()) {
      return JsonReply.of(HttpStatus.OK, SessionView.OPEN);
    }
    var credentials = verifier.get();
    return switch (credentials.credentialOf(request).map(credentials::identify).orElse(null)) {
      case Identification.Known known -> view(credentials, Optional.of(known));
      case Identification.Undecided(var problem) -> problem.answer();
      case Identification.Unrecognized _ -> view(credentials, Optional.empty());
      case null -> view(credentials, Optional.empty());
    };
  }

  private static ResponseEntity<Object> view(
      CredentialVerifier credentials, Optional<Identification.Known> known) {
    return JsonReply.of(HttpStatus.OK, SessionView.of(known, credentials.supabase()));
  }

  @PostMapping("/api/session")
  ResponseEntity<Object> begin(HttpServletRequest request) {
    if (verifier.isEmpty()) {
      return JsonReply.of(HttpStatus.OK, SessionView.OPEN);
    }
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) ->
          switch (parser.credential(text)) {
            case Parsed.BadFields<String>(var errors) -> Problem.badFields(errors).answer();
            case Parsed.Success<String>(var credential) ->
                begin(verifier.get(), credential, request);
          };
    };
  }

  private ResponseEntity<Object> begin(
      CredentialVerifier credentials, String credential, HttpServletRequest request) {
    return switch (credentials.identify(credential)) {
      case Identification.Known known -> {
        known.caller().isOf(request);
        var tooFast = rates.refusalOfSignIn(request);
        if (tooFast != null) {
          yield tooFast.answer();
        }
        audit.write(entry(AuditAction.SIGN_IN, known.caller(), request));
        yield withCookie(
            view(credentials, Optional.of(known)),
            cookie(credential, maxAge(known.until()), request));
      }
      case Identification.Unrecognized(var reason) -> {
        if (rates.countRefusedSignIn()) {
          audit.write(refused(credential, reason, request));
        }
        yield Problem.of(HttpStatus.UNAUTHORIZED, reason)
            .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
            .answer();
      }
      case Identification.Undecided(var problem) -> problem.answer();
    };
  }

  private static AuditEntry entry(AuditAction action, Caller caller, HttpServletRequest request) {
    return AuditTrail.of(request, action, TARGET, caller.owner(), Map.of());
  }

  /** Of a key its id is known, if it is that of a key. */
  private static AuditEntry refused(String credential, String reason, HttpServletRequest request) {
    var target = AccessKeyText.parse(credential).map(key -> "key:" + key.id()).orElse(TARGET);
    return AuditTrail.of(
        request, NOBODY, AuditAction.SIGN_IN_REFUSED, target, "", Map.of("reason", reason));
  }

  private Duration maxAge(@Nullable Instant until) {
    var rest = until == null ? LONGEST : Duration.between(clock.instant(), until);
    var capped = rest.compareTo(LONGEST) > 0 ? LONGEST : rest;
    return capped.isPositive() ? capped : Duration.ofSeconds(1); // good by the tolerance of clocks
  }

  /** May be repeated. A copy of the cookie stays good; revoke the key to end that. */
  @DeleteMapping("/api/session")
  ResponseEntity<Object> end(HttpServletRequest request) {
    noteEnd(request);
    return ResponseEntity.noContent()
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header(HttpHeaders.SET_COOKIE, cookie("", Duration.ZERO, request))
        .build();
  }

  /** Nobody stays signed in because that can't be written down, or was too often. */
  private void noteEnd(HttpServletRequest request) {
    if (verifier
            .flatMap(credentials -> credentials.credentialOf(request).map(credentials::identify))
            .orElse(null)
        instanceof Identification.Known(var caller, _)) {
      caller.isOf(request);
      if (rates.refusalOfSignIn(request) == null) {
        try {
          audit.write(entry(AuditAction.SIGN_OUT, caller, request));
        } catch (DataAccessException e) {
          log.warn("a sign-out could not be written down", e);
        }
      }
    }
  }

  private static String cookie(String value, Duration maxAge, HttpServletRequest request) {
    return ResponseCookie.from(CredentialVerifier.COOKIE, value)
        .path("/")
        .httpOnly(true)
        .sameSite("Strict")
        .secure(request.isSecure())
        .maxAge(maxAge)
        .build()
        .toString();
  }

  private static ResponseEntity<Object> withCookie(ResponseEntity<Object> reply, String cookie) {
    return ResponseEntity.status(reply.getStatusCode())
        .headers(reply.getHeaders())
        .header(HttpHeaders.SET_COOKIE, cookie)
        .body(reply.getBody());
  }
}
