package dev.darkroom.gateway.access;

import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditEntry;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who asks, and from where, as the audit has it. */
public final class AuditTrail {
  private AuditTrail() {}

  /** An entry about something that is nobody's, or everybody's. */
  public static AuditEntry of(
      HttpServletRequest request, AuditAction action, String target, Map<String, ?> details) {
    return of(request, action, target, "", details);
  }

  /**
   * An entry about what this request does.
   *
   * @param owner whose the target is
   */
  public static AuditEntry of(
      HttpServletRequest request,
      AuditAction action,
      String target,
      String owner,
      Map<String, ?> details) {
    return new AuditEntry(
        Caller.of(request).actor(),
        action,
        target,
        owner,
        address(request.getRemoteAddr()),
        ReplyId.of(request),
        details);
  }

  /** Null for what the database would refuse, such as a name that a proxy gave. */
  private static @Nullable String address(String remote) {
    var zone = remote.indexOf('%');
    try {
      return InetAddress.ofLiteral(zone < 0 ? remote : remote.substring(0, zone)).getHostAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
