package dev.darkroom.gateway;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.ledger.access.KeyLimits;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Believes everybody who says whose requests they send; after the filter that lets all in. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 11)
@ConditionalOnProperty("testing.owners")
final class TestingOwnerFilter extends OncePerRequestFilter {
  static final String OWNER = "Testing-Owner";

  /** Of an owner who sees the jobs of all. */
  static final String OPERATOR = "operator";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var owner = request.getHeader(OWNER);
    if (owner != null) {
      var scopes =
          owner.equals(OPERATOR)
              ? EnumSet.allOf(Scope.class)
              : EnumSet.of(Scope.GENERATE, Scope.READ);
      new Caller("key:" + owner, owner, scopes, KeyLimits.DEFAULTS).isOf(request);
    }
    chain.doFilter(request, response);
  }
}
