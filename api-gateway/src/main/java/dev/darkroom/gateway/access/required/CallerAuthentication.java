package dev.darkroom.gateway.access.required;

import dev.darkroom.gateway.access.Caller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

/** A caller whose credentials are good, as Spring Security passes it on. */
final class CallerAuthentication extends AbstractAuthenticationToken {
  private final Caller caller;

  CallerAuthentication(Caller caller) {
    super(AuthorityUtils.NO_AUTHORITIES); // the route table looks at scopes
    this.caller = caller;
    setAuthenticated(true);
  }

  /** Empty for everybody else. */
  static Optional<Caller> callerOf(@Nullable Authentication authentication) {
    return authentication instanceof CallerAuthentication known
        ? Optional.of(known.caller)
        : Optional.empty();
  }

  @Override
  public Object getPrincipal() {
    return caller.actor();
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CallerAuthentication known && caller.equals(known.caller);
  }

  @Override
  public int hashCode() {
    return caller.hashCode();
  }
}
