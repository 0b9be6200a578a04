package dev.darkroom.ledger.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the audit speaks of. */
public enum AuditAction {
  /** Of a job of another owner. */
  CANCEL,
  /** Of a job of another owner. */
  REPLAY,
  /** A change of many jobs. */
  OPERATION_BEGIN,
  OPERATION_STOP,
  PAUSE,
  RESUME,
  /** A user or an owner is removed everywhere. */
  ERASE,
  KEY_CREATE,
  KEY_REVOKE,
  SIGN_IN,
  SIGN_OUT,
  /** With a key or token that is not good. */
  SIGN_IN_REFUSED,
  /** A list, a search or an export of everybody's jobs, or a job of another owner. */
  READ;

  /** As in the table and in replies. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
