package dev.darkroom.gateway.access.required;

import dev.darkroom.gateway.access.CredentialVerifier.SupabaseProject;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whose access tokens are good. Without an issuer there are only keys.
 *
 * @param supabaseUrl the project whose users may use the gateway
 * @param supabasePublicKey with which pages sign them in
 * @param issuer of tokens, if not that project
 * @param jwksUrl of the issuer's public keys, if not at their usual place
 * @param audience that tokens are for
 */
@Validated
@ConfigurationProperties("darkroom.access")
record TokenSettings(
    @DefaultValue("") @Pattern(regexp = URL, message = URL_RULE) String supabaseUrl,
    @DefaultValue("") String supabasePublicKey,
    @DefaultValue("") String issuer,
    @DefaultValue("") @Pattern(regexp = URL, message = URL_RULE) String jwksUrl,
    @DefaultValue("authenticated") @NotBlank String audience) {
  private static final String URL = "|https?://[^\\s?#@]+";
  private static final String URL_RULE =
      "must be an http or https URL without login, query, fragment";
  private static final String KEYS = "/.well-known/jwks.json";

  @AssertTrue(message = "jwks-url needs an issuer: set darkroom.access.issuer or SUPABASE_URL") boolean isIssuerOfKeysNamed() {
    return jwksUrl.isEmpty() || issuerName().isPresent();
  }

  @AssertTrue(message = "issuer is no URL, so its keys are unknown: set darkroom.access.jwks-url") boolean isPlaceOfKeysKnown() {
    return issuer.isEmpty() || issuer.matches(URL) || !jwksUrl.isEmpty();
  }

  /** As tokens name it. */
  Optional<String> issuerName() {
    if (!issuer.isEmpty()) {
      return Optional.of(issuer);
    }
    return supabaseUrl.isEmpty()
        ? Optional.empty()
        : Optional.of(withoutSlash(supabaseUrl) + "/auth/v1");
  }

  /** Where its public keys are. */
  Optional<String> keysUrl() {
    return jwksUrl.isEmpty()
        ? issuerName().map(name -> withoutSlash(name) + KEYS)
        : Optional.of(jwksUrl);
  }

  Optional<SupabaseProject> project() {
    return supabaseUrl.isEmpty() || supabasePublicKey.isEmpty()
        ? Optional.empty()
        : Optional.of(new SupabaseProject(withoutSlash(supabaseUrl), supabasePublicKey));
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }
}
