package dev.darkroom.gateway.extras.identity;

import dev.darkroom.gateway.access.CredentialVerifier;
import dev.darkroom.gateway.http.SignInOrigin;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {
  /** Pages sign people in at Supabase, which their Content-Security-Policy must allow. */
  @Bean
  @Nullable SignInOrigin signInOrigin(Optional<CredentialVerifier> verifier) {
    return verifier
        .flatMap(CredentialVerifier::supabase)
        .map(project -> URI.create(project.url()))
        .map(url -> new SignInOrigin(url.getScheme() + "://" + url.getRawAuthority()))
        .orElse(null);
  }
}
