package dev.darkroom.gateway.access.required;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Caller.LinkVerifier;
import dev.darkroom.gateway.access.Identification;
import dev.darkroom.gateway.access.required.AccessRefusals.UndecidedException;
import dev.darkroom.gateway.access.required.IssuerKeys.KeyAges;
import dev.darkroom.ledger.access.AccessKeyStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.HttpStatusRequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The parts of Spring Security's resource server that are needed, and no others: no session, no
 * form, no headers. Where access is open, none of this exists.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "darkroom.access.mode", havingValue = "required")
class RequiredAccessConfiguration {
  private static final String CHAIN = "requiredAccess";
  private static final Duration NOTE_USE_EVERY = Duration.ofMinutes(1);

  @Bean
  KeyDirectory keyDirectory(AccessKeyStore keys, Clock clock) {
    return new KeyDirectory(keys::find, clock, Ticker.systemTicker());
  }

  @Bean
  BackgroundLoop usedKeysLoop(KeyDirectory directory, AccessKeyStore keys) {
    return new BackgroundLoop(
        "note-used-keys",
        NOTE_USE_EVERY,
        () -> {
          directory.tellUsed(keys::noteUse);
          return false;
        });
  }

  @Bean
  BearerCredentials credentials(TokenSettings settings, KeyDirectory keys, Clock clock) {
    var tokens =
        settings
            .issuerName()
            .map(issuer ->
                new TokenVerifier(
                    new IssuerKeys(settings.keysUrl().orElseThrow(), KeyAges.DEFAULTS),
                    issuer,
                    settings.audience(),
                    clock));
    return new BearerCredentials(keys, tokens, settings.project());
  }

  @Bean
  AccessRefusals accessRefusals(
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver replies,
      MeterRegistry meters) {
    return new AccessRefusals(replies, meters);
  }

  @Bean
  RouteAuthorization routeAuthorization(AccessRefusals refusals) {
    return new RouteAuthorization(refusals);
  }

  @Bean
  WebMvcConfigurer routesAreGuarded(ObjectProvider<RouteAuthorization> authorization) {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(authorization.getObject());
      }
    };
  }

  /** Where otherwise the filter is that asks nobody; before it, security headers are set. */
  @Bean
  DelegatingFilterProxyRegistrationBean requiredAccessFilter() {
    var registration = new DelegatingFilterProxyRegistrationBean(CHAIN);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
    registration.setDispatcherTypes(DispatcherType.REQUEST);
    return registration;
  }

  @Bean(CHAIN)
  FilterChainProxy requiredAccess(
      BearerCredentials credentials,
      AccessRefusals refusals,
      RouteAuthorization authorization,
      ObjectProvider<LinkVerifier> links) {
    var chain =
        new FilterChainProxy(
            new DefaultSecurityFilterChain(
                AnyRequestMatcher.INSTANCE,
                new SecurityContextHolderFilter(new RequestAttributeSecurityContextRepository()),
                linkFilter(links, refusals),
                bearerFilter(credentials, refusals),
                new AnonymousAuthenticationFilter("anonymous"),
                translationFilter(refusals),
                new AuthorizationFilter(authorization),
                callerFilter()));
    chain.setFirewall(firewall());
    chain.setRequestRejectedHandler(new HttpStatusRequestRejectedHandler());
    return chain;
  }

  private static Filter linkFilter(ObjectProvider<LinkVerifier> links, AccessRefusals refusals) {
    var verifiers = SingletonSupplier.of(() -> links.stream().toList());
    return (request, response, chain) -> {
      Optional<Caller> caller;
      try {
        caller = callerByLink(verifiers.obtain(), (HttpServletRequest) request);
      } catch (DataAccessException e) { // whose request it is can't be found out
        refusals.fail((HttpServletRequest) request, (HttpServletResponse) response, e);
        return;
      }
      caller.ifPresent(known ->
          SecurityContextHolder.setContext(
              new SecurityContextImpl(new CallerAuthentication(known))));
      chain.doFilter(request, response);
    };
  }

  private static Optional<Caller> callerByLink(
      List<LinkVerifier> links, HttpServletRequest request) {
    return links.stream().map(link -> link.callerOf(request)).flatMap(Optional::stream).findFirst();
  }

  private static Filter bearerFilter(BearerCredentials credentials, AccessRefusals refusals) {
    AuthenticationManager manager = token -> authenticated(credentials, token);
    AuthenticationConverter converter = request -> presented(credentials, request);
    var filter = new BearerTokenAuthenticationFilter(manager, converter);
    filter.setAuthenticationEntryPoint(refusals);
    filter.setAuthenticationFailureHandler(refusals::commence);
    return filter;
  }

  /** Nothing where nobody is asked: a page must be served also to a browser with an old cookie. */
  private static @Nullable Authentication presented(
      BearerCredentials credentials, HttpServletRequest request) {
    var isKnown = SecurityContextHolder.getContext().getAuthentication() != null; // by a link
    if (isKnown || isForEverybody(request)) {
      return null;
    }
    var token = credentials.resolve(request);
    return token == null ? null : new BearerTokenAuthenticationToken(token);
  }

  private static boolean isForEverybody(HttpServletRequest request) {
    return RouteTable.ruleOf(request)
        .map(rule -> rule.scope() == null)
        .orElseGet(() -> RouteTable.isOpen(request));
  }

  private static Authentication authenticated(
      BearerCredentials credentials, Authentication presented) {
    var token = ((BearerTokenAuthenticationToken) presented).getToken();
    return switch (credentials.identify(token)) {
      case Identification.Known(var caller, _) -> new CallerAuthentication(caller);
      case Identification.Unrecognized(var reason) ->
          throw new OAuth2AuthenticationException(BearerTokenErrors.invalidToken(reason));
      case Identification.Undecided(var problem) -> throw new UndecidedException(problem);
    };
  }

  private static Filter translationFilter(AccessRefusals refusals) {
    var filter = new ExceptionTranslationFilter(refusals, new NullRequestCache());
    filter.setAccessDeniedHandler(refusals);
    return filter;
  }

  /** For routes, which don't know Spring Security. */
  private static Filter callerFilter() {
    return (request, response, chain) -> {
      CallerAuthentication.callerOf(SecurityContextHolder.getContext().getAuthentication())
          .ifPresent(caller -> caller.isOf((HttpServletRequest) request));
      chain.doFilter(request, response);
    };
  }

  /** Refuses ambiguous paths. Headers and parameters are judged where they are read. */
  private static HttpFirewall firewall() {
    Predicate<String> any = _ -> true;
    var firewall = new StrictHttpFirewall();
    firewall.setUnsafeAllowAnyHttpMethod(true); // unknown ones are 405
    firewall.setAllowUrlEncodedSlash(true); // in ids of models; refused elsewhere before
    firewall.setAllowedHeaderNames(any);
    firewall.setAllowedHeaderValues(any);
    firewall.setAllowedParameterNames(any);
    firewall.setAllowedParameterValues(any);
    return firewall;
  }
}
