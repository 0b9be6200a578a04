package dev.darkroom.gateway.access;

import dev.darkroom.gateway.access.Caller.LinkVerifier;
import dev.darkroom.ledger.access.LinkSecretStore;
import dev.darkroom.ledger.jobs.JobQueries;
import jakarta.servlet.Filter;
import java.time.InstantSource;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Signed links, where access is required. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "darkroom.access.mode", havingValue = "required")
class LinkConfiguration {
  private static final int MOST_SECRETS = 2;
  private static final int SHORTEST_SECRET = 32;

  @Bean
  SignedLinks signedLinks(LinkSettings settings, LinkSecretStore store, InstantSource clock) {
    var secrets = settings.linkSecret();
    if (!areUsable(secrets)) {
      throw new IllegalStateException(
          "darkroom.access.link-secret must be one or two values of at least 32 characters, the same"
              + " in all gateways. Make one with: openssl rand -base64 32");
    }
    return new SignedLinks(
        secrets.isEmpty() ? List.of(store.secret()) : secrets, settings.linkLife(), clock);
  }

  private static boolean areUsable(List<String> secrets) {
    return secrets.size() <= MOST_SECRETS
        && secrets.stream().allMatch(secret -> secret.strip().length() >= SHORTEST_SECRET);
  }

  @Bean
  LinkVerifier linkVerifier(SignedLinks links, JobQueries jobs) {
    return request -> links.callerOf(request, jobs::findOwner);
  }

  /** Before whoever asks for credentials, whose refusals may have links too. */
  @Bean
  FilterRegistrationBean<Filter> replyLinks(SignedLinks links) {
    var registration =
        new FilterRegistrationBean<Filter>((request, response, chain) -> {
          ReplyLinks.areSignedBy(links, request);
          chain.doFilter(request, response);
        });
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 5);
    return registration;
  }
}
