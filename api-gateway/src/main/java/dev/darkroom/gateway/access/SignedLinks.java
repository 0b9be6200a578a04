package dev.darkroom.gateway.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.ledger.access.KeyLimits;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs the addresses of a picture and of a job's stream, which browsers fetch without credentials:
 * {@code ?e=<expiry, in seconds since 1970>&s=<HMAC-SHA256 of path and expiry, base64url>}. A
 * signature holds for exactly that path, below whatever prefix; so for that job, and for reading.
 */
final class SignedLinks {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String EXPIRY = "e";
  private static final String SIGNATURE = "s";

  /** Says what is signed, so that a signature of anything else by the same secret is none. */
  private static final String PURPOSE = "darkroom link";

  private static final Pattern SIGNABLE =
      Pattern.compile(
          "/generated/([0-9a-f-]{36})\\.[a-z0-9]+|/api/generate/([0-9a-f-]{36})/events");

  private static final Pattern SECONDS = Pattern.compile("[1-9]\\d{0,11}");

  private final List<SecretKeySpec> keys;
  private final Duration life;
  private final InstantSource clock;

  /**
   * @param secrets the first signs, all verify
   */
  SignedLinks(List<String> secrets, Duration life, InstantSource clock) {
    this.keys =
        secrets.stream()
            .map(secret -> new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM))
            .toList();
    this.life = life;
    this.clock = clock;
  }

  /**
   * When a link that is made now ends. It is the same for a while, so that the address of a picture
   * is the same too, and browsers keep the picture.
   */
  Instant expiry() {
    var step = Math.max(1, life.toSeconds() / 4);
    var begun = clock.instant().getEpochSecond() / step * step;
    return Instant.ofEpochSecond(begun + step).plus(life);
  }

  /** The path with its signature. */
  String sign(String path) {
    var expiry = String.valueOf(expiry().getEpochSecond());
    var signature = signature(keys.getFirst(), path, expiry);
    return path + '?' + EXPIRY + '=' + expiry + '&' + SIGNATURE + '=' + signature;
  }

  /**
   * Whoever has the signed link that this request follows; they may read that job. Empty where the
   * request has none, or one that is expired or of another path: then its credentials decide.
   *
   * @param owners whose job it is; empty where there is no such job
   */
  Optional<Caller> callerOf(
      HttpServletRequest request, Function<RequestId, Optional<String>> owners) {
    return jobOf(request)
        .flatMap(job ->
            owners
                .apply(job)
                .map(owner ->
                    new Caller("link:" + job, owner, Set.of(Scope.READ), KeyLimits.DEFAULTS)));
  }

  /** The job whose signed link this request follows. */
  Optional<RequestId> jobOf(HttpServletRequest request) {
    var path = request.getServletPath(); // decoded, without a proxy's prefix
    var signable = SIGNABLE.matcher(path);
    if (!Set.of("GET", "HEAD").contains(request.getMethod())
        || !signable.matches()
        || !isSigned(path, request)) {
      return Optional.empty();
    }
    ReplyLinks.isForSignedRequest(request);
    return RequestId.parse(signable.group(1) == null ? signable.group(2) : signable.group(1));
  }

  private boolean isSigned(String path, HttpServletRequest request) {
    try {
      var expiry = request.getParameterValues(EXPIRY);
      var signature = request.getParameterValues(SIGNATURE);
      return expiry != null
          && signature != null
          && expiry.length == 1
          && signature.length == 1
          && isSigned(path, expiry[0], signature[0]);
    } catch (IllegalStateException e) {
      return false; // Tomcat can't decode the query; its route says so
    }
  }

  private boolean isSigned(String path, String expiry, String signature) {
    if (!SECONDS.matcher(expiry).matches()) {
      return false;
    }
    var isOurs = false;
    for (var key : keys) { // all of them, so that the time tells nothing
      isOurs |=
          MessageDigest.isEqual(
              signature(key, path, expiry).getBytes(UTF_8), signature.getBytes(UTF_8));
    }
    return isOurs && clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(expiry)));
  }

  private static String signature(SecretKeySpec key, String path, String expiry) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      var signed = String.join("\n", PURPOSE, path, expiry).getBytes(UTF_8);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }
}
