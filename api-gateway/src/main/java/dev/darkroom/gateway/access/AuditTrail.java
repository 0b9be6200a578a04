package dev.darkroom.gateway.access;

import dev.darkroom.gateway.http.ClientAddress;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditEntry;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Map;

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
    return of(request, Caller.of(request).actor(), action, target, owner, details);
  }

  /**
   * The same on a route that asks nobody who they are.
   *
   * @param actor whoever it has found out to be there
   */
  public static AuditEntry of(
      HttpServletRequest request,
      String actor,
      AuditAction action,
      String target,
      String owner,
      Map<String, ?> details) {
    return new AuditEntry(
        actor,
        action,
        target,
        owner,
        ClientAddress.of(request).map(InetAddress::getHostAddress).orElse(null),
        ReplyId.of(request),
        details);
  }

  /** An entry about what a command of the program does. */
  public static AuditEntry ofCommand(AuditAction action, String target) {
    var login = System.getProperty("user.name", "");
    var actor = "command:" + (login.isBlank() ? "unknown" : login);
    return new AuditEntry(actor, action, target, "", null, null, Map.of());
  }
}
