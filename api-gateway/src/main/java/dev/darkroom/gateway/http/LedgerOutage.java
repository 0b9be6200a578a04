package dev.darkroom.gateway.http;

import dev.darkroom.ledger.connection.ReadOnlyLedgerException;
import dev.darkroom.model.RequestId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Why the ledger is unavailable for a request; all of these pass. */
public enum LedgerOutage {
  /** No answer, or it broke off: a write may have happened or not. */
  AWAY(ProblemCode.LEDGER_UNAVAILABLE, 5, "The ledger does not answer. "),
  /** It accepts no writes; nothing was written. */
  READ_ONLY(ProblemCode.LEDGER_READ_ONLY, 5, "The ledger is read-only. "),
  /** The statement timed out; nothing was written. */
  TOO_SLOW(ProblemCode.QUERY_TOO_SLOW, 10, "The ledger took too long. ");

  /**
   * Connection failures, insufficient resources, operator intervention and system errors (<a
   * href="https://www.postgresql.org/docs/current/errcodes-appendix.html">classes of error
   * codes</a>).
   */
  private static final Set<String> OUTAGES = Set.of("08", "53", "57", "58");

  /** {@code query_canceled}: the driver asks for it when a statement takes too long. */
  private static final String CANCELLED = "57014";

  private final ProblemCode code;
  private final Duration retryAfter;
  private final String reason;

  LedgerOutage(ProblemCode code, int retryAfterSeconds, String reason) {
    this.code = code;
    this.retryAfter = Duration.ofSeconds(retryAfterSeconds);
    this.reason = reason;
  }

  public ProblemCode code() {
    return code;
  }

  /** For a request that reads. */
  public Problem problem() {
    return problem(
        switch (this) {
          case AWAY, READ_ONLY -> reason + "Try again in a few seconds.";
          case TOO_SLOW ->
              "The query took too long. Ask for less, such as a shorter time range, or try again later.";
        });
  }

  /**
   * For a submission: whether its job may have been accepted, and what to do.
   *
   * @param repeatable whether it has an idempotency key, so that a repetition makes no second job
   */
  public Problem problemOfSubmission(RequestId requestId, boolean repeatable) {
    var rest = "The job was not accepted. Send it again in a few seconds.";
    if (this == AWAY) {
      rest =
          "The job may or may not have been accepted. "
              + (repeatable
                  ? "Send it again with the same Idempotency-Key; there will be one job."
                  : "Check GET /api/generate/%s before you send it again.".formatted(requestId));
    }
    var problem = problem(reason + rest);
    return repeatable ? problem : problem.about(requestId);
  }

  private Problem problem(String sentence) {
    return Problem.unavailable(sentence, retryAfter).code(code);
  }

  /** Whether an outage caused it, and not a wrong statement. */
  public static boolean isBehind(RuntimeException e) {
    return behind(e).isPresent();
  }

  /** The outage that caused it; empty for a wrong statement. */
  public static Optional<LedgerOutage> behind(RuntimeException e) {
    if (e instanceof ReadOnlyLedgerException) {
      return Optional.of(READ_ONLY);
    }
    var state =
        NestedExceptionUtils.getRootCause(e) instanceof SQLException sql
            ? String.valueOf(sql.getSQLState())
            : "";
    if (e instanceof QueryTimeoutException
        || (state.equals(CANCELLED) && e instanceof DataAccessException)) {
      return Optional.of(TOO_SLOW);
    }
    return switch (e) {
      case TransientDataAccessException _,
          RecoverableDataAccessException _,
          NonTransientDataAccessResourceException _,
          CannotCreateTransactionException _ ->
          Optional.of(AWAY);
      case DataAccessException _ when isOutage(state) -> Optional.of(AWAY);
      default -> Optional.empty();
    };
  }

  private static boolean isOutage(String state) {
    return state.length() == 5 && OUTAGES.contains(state.substring(0, 2));
  }
}
