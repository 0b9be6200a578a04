package dev.darkroom.gateway.access.required;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Identification;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.access.KeyLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Checks access tokens of <a href="https://supabase.com/docs/guides/auth/jwts">Supabase</a>, or of
 * another issuer that signs with public keys. What a signature says is remembered for half a
 * minute; whether the token has expired is looked at each time.
 */
final class TokenVerifier implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TokenVerifier.class);

  /** Never HS256: who can check such a signature can make one. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256);

  private static final Duration SKEW = Duration.ofSeconds(30);
  private static final Duration REMEMBERED = Duration.ofSeconds(30);
  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private static final String OPERATOR = "service_role";
  private static final String NOBODY = "anon";
  private static final Set<Scope> OF_USERS = Set.of(Scope.GENERATE, Scope.READ);

  private static final Identification.Unrecognized NOT_VALID =
      new Identification.Unrecognized(
          "The access token is not valid here: it is malformed, its signature is wrong, or another"
              + " project issued it.");
  private static final Identification.Unrecognized EXPIRED =
      new Identification.Unrecognized("The access token has expired.");

  private final IssuerKeys keys;
  private final JwtDecoder decoder;
  private final Clock clock;
  private final Cache<String, Identification> remembered =
      Caffeine.newBuilder()
          .maximumSize(MOST_REMEMBERED)
          .expireAfterWrite(REMEMBERED)
          .executor(Runnable::run)
          .build();

  TokenVerifier(IssuerKeys keys, String issuer, String audience, Clock clock) {
    this.keys = keys;
    this.clock = clock;
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys.source()));
    processor.setJWTClaimsSetVerifier((_, _) -> {}); // the validators below look at the claims
    var checked = new NimbusJwtDecoder(processor);
    checked.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            times(), new JwtIssuerValidator(issuer), new JwtAudienceValidator(audience)));
    this.decoder = checked;
  }

  private OAuth2TokenValidator<Jwt> times() {
    var expiry = new JwtTimestampValidator(SKEW);
    expiry.setAllowEmptyExpiryClaim(false);
    expiry.setClock(clock);
    return new DelegatingOAuth2TokenValidator<>(
        expiry,
        new JwtClaimValidator<Instant>(
            JwtClaimNames.IAT,
            issued -> issued == null || !issued.isAfter(clock.instant().plus(SKEW))));
  }

  Identification identify(String token) {
    var before = remembered.getIfPresent(token);
    var found = before == null ? verify(token) : before;
    if (before == null && !(found instanceof Identification.Undecided)) {
      remembered.put(token, found);
    }
    return isExpired(found) ? EXPIRED : found;
  }

  private boolean isExpired(Identification found) {
    return found instanceof Identification.Known(_, var until)
        && until != null
        && !clock.instant().isBefore(until.plus(SKEW));
  }

  private Identification verify(String token) {
    try {
      return identified(decoder.decode(token));
    } catch (JwtValidationException e) {
      return new Identification.Unrecognized(
          "The access token is not accepted: %s."
              .formatted(
                  e.getErrors().stream()
                      .map(OAuth2Error::getDescription)
                      .filter(Objects::nonNull)
                      .collect(Collectors.joining("; "))));
    } catch (BadJwtException e) {
      log.debug("an access token is not valid", e);
      return NOT_VALID;
    } catch (JwtException e) {
      if (e.getCause() instanceof RateLimitReachedException && keys.areNew()) {
        return NOT_VALID; // signed with a key that was not there a moment ago
      }
      log.debug("the keys of access tokens can't be read", e);
      return new Identification.Undecided(
          Problem.unavailable(
              "Access tokens can't be checked at the moment. Try again in a few seconds.",
              RETRY_AFTER));
    }
  }

  /**
   * By {@code role} and {@code sub} alone: users can change other claims, such as user_metadata.
   */
  private static Identification identified(Jwt token) {
    var role = Optional.ofNullable(token.getClaimAsString("role")).orElse("");
    var user = Optional.ofNullable(token.getSubject()).orElse("");
    if (role.equals(OPERATOR)) {
      return known(
          token, new Caller(OPERATOR, OPERATOR, Set.of(Scope.values()), KeyLimits.DEFAULTS));
    }
    if (role.equals(NOBODY) || user.isBlank() || user.length() > NewAccessKey.LONGEST_OWNER) {
      return new Identification.Unrecognized(
          "The access token is of no user: its role is anon, or it has no subject. Sign in first.");
    }
    return known(token, new Caller("user:" + user, user, OF_USERS, KeyLimits.DEFAULTS));
  }

  private static Identification known(Jwt token, Caller caller) {
    return new Identification.Known(caller, token.getExpiresAt());
  }

  @Override
  public void close() {
    keys.close();
  }
}
