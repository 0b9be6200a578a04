package dev.darkroom.gateway.access;

import dev.darkroom.ledger.access.KeyLimits;
import dev.darkroom.ledger.access.Visibility;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who sends a request.
 *
 * @param actor names the caller in the audit: {@code key:<id>} or {@code user:<sub>}; {@code
 *     anybody} where access is open
 * @param owner whose jobs the caller submits; empty where access is open
 * @param scopes what the caller may do
 * @param limits of the caller's key
 */
public record Caller(String actor, String owner, Set<Scope> scopes, KeyLimits limits) {
  /** Everyone, where access is open. */
  public static final Caller ANYBODY =
      new Caller("anybody", "", Set.of(Scope.values()), KeyLimits.DEFAULTS);

  private static final String ATTRIBUTE = Caller.class.getName();

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  /**
   * The caller of this request.
   *
   * @throws NullPointerException if no filter has found out; nobody is let in by accident
   */
  public static Caller of(HttpServletRequest request) {
    return (Caller)
        Objects.requireNonNull(request.getAttribute(ATTRIBUTE), "the caller is unknown");
  }

  /** Empty where no filter has found out, as on routes that ask nobody. */
  public static Optional<Caller> ifKnown(HttpServletRequest request) {
    return Optional.ofNullable((Caller) request.getAttribute(ATTRIBUTE));
  }

  /** For the filter that found out. */
  public void isOf(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** Whose rows the caller sees: all, or those of one owner. */
  public Visibility sees() {
    return scopes.contains(Scope.OPERATE) ? Visibility.ALL : Visibility.of(owner);
  }

  /**
   * Recognises requests that need no credentials, such as those by signed links. Where access is
   * required, every bean of this type is asked before the credentials are looked at.
   */
  @FunctionalInterface
  public interface LinkVerifier {
    /** On whose behalf this request is made; empty for a request like any other. */
    Optional<Caller> callerOf(HttpServletRequest request);
  }
}
