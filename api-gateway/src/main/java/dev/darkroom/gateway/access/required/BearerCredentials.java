package dev.darkroom.gateway.access.required;

import dev.darkroom.gateway.access.CredentialVerifier;
import dev.darkroom.gateway.access.Identification;
import dev.darkroom.ledger.access.AccessKeyText;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/** Keys and tokens, in the header of a request (RFC 6750) or in the cookie of a page. */
final class BearerCredentials implements CredentialVerifier, BearerTokenResolver, AutoCloseable {
  private static final Identification.Unrecognized NO_TOKENS =
      new Identification.Unrecognized(
          "Access tokens are not accepted here. Send an API key, which begins with dk_.");

  private final BearerTokenResolver header = new DefaultBearerTokenResolver();
  private final KeyDirectory keys;
  private final Optional<TokenVerifier> tokens;
  private final Optional<SupabaseProject> project;

  BearerCredentials(
      KeyDirectory keys, Optional<TokenVerifier> tokens, Optional<SupabaseProject> project) {
    this.keys = keys;
    this.tokens = tokens;
    this.project = project;
  }

  @Override
  public Optional<String> credentialOf(HttpServletRequest request) {
    try {
      return Optional.ofNullable(resolve(request));
    } catch (OAuth2AuthenticationException e) {
      return Optional.empty();
    }
  }

  /**
   * @throws OAuth2AuthenticationException if the header is malformed
   */
  @Override
  public @Nullable String resolve(HttpServletRequest request) {
    return request.getHeader(HttpHeaders.AUTHORIZATION) == null
        ? ofCookie(request)
        : header.resolve(request);
  }

  private static @Nullable String ofCookie(HttpServletRequest request) {
    return Optional.ofNullable(request.getCookies())
        .map(Arrays::stream)
        .orElseGet(Stream::empty)
        .filter(cookie -> cookie.getName().equals(COOKIE))
        .map(Cookie::getValue)
        .filter(value -> !value.isEmpty())
        .findFirst()
        .orElse(null);
  }

  @Override
  public Identification identify(String credential) {
    return credential.startsWith(AccessKeyText.PREFIX)
        ? keys.identify(credential)
        : tokens.map(verifier -> verifier.identify(credential)).orElse(NO_TOKENS);
  }

  @Override
  public void forget(String keyId) {
    keys.forget(keyId);
  }

  @Override
  public Optional<SupabaseProject> supabase() {
    return project;
  }

  @Override
  public void close() {
    tokens.ifPresent(TokenVerifier::close);
  }
}
