package dev.darkroom.gateway.http;

import dev.darkroom.ledger.connection.ReadOnlyLedgerException;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Why the ledger is unavailable for a request; all of these pass. */
public enum LedgerOutage {
  /** No answer, or it broke off: a write may have happened or not. */
  AWAY(ProblemCode.LEDGER_UNAVAILABLE, 5),
  /** It accepts no writes; nothing was written. */
  READ_ONLY(ProblemCode.LEDGER_READ_ONLY, 5),
  /** The statement timed out; nothing was written. */
  TOO_SLOW(ProblemCode.QUERY_TOO_SLOW, 10);

  /**
   * Connection failures, insufficient resources, operator intervention and system errors (<a
   * href="https://www.postgresql.org/docs/current/errcodes-appendix.html">classes of error
   * codes</a>).
   */
  private static final Set<String> OUTAGES = Set.of("08", "53", "57", "58");

  /** {@code query_canceled}: the driver asks for it when a statement takes too long. */
  private static final String CANCELLED = "57014";

  private static final String TRY_AGAIN = "Try again in a few seconds.";
  private static final String NOT_ACCEPTED =
      "The job was not accepted. Send it again in a few seconds.";

  private final ProblemCode code;
  private final int retryAfterSeconds;

  LedgerOutage(ProblemCode code, int retryAfterSeconds) {
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public ProblemCode code() {
    return code;
  }

  /** What the client of this request gets: what is known of its job, and what to do. */
  public Problem about(HttpServletRequest request) {
    var job = CurrentRequest.job(request);
    var problem =
        Problem.unavailable(sentence(request, job), Duration.ofSeconds(retryAfterSeconds))
            .code(code);
    return job.map(problem::about).orElse(problem);
  }

  private String sentence(HttpServletRequest request, Optional<RequestId> job) {
    var submits = job.isPresent() || CurrentRequest.isRepeatable(request);
    return switch (this) {
      case READ_ONLY -> "The ledger is read-only. " + (submits ? NOT_ACCEPTED : TRY_AGAIN);
      case TOO_SLOW ->
          submits
              ? "The ledger took too long. " + NOT_ACCEPTED
              : "The query took too long. Ask for less, such as a shorter time range, or try again later.";
      case AWAY -> "The ledger does not answer. " + (submits ? uncertain(job) : TRY_AGAIN);
    };
  }

  private static String uncertain(Optional<RequestId> job) {
    return "The job may or may not have been accepted. "
        + job.map("Check GET /api/generate/%s before you send it again."::formatted)
            .orElse("Send it again with the same Idempotency-Key; there will be one job.");
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
    var state = state(NestedExceptionUtils.getRootCause(e));
    if (e instanceof QueryTimeoutException
        || (state.equals(CANCELLED) && e instanceof DataAccessException)) {
      return Optional.of(TOO_SLOW);
    }
    return switch (e) {
      case TransientDataAccessException _,
          RecoverableDataAccessException _,
          DataAccessResourceFailureException _,
          NonTransientDataAccessResourceException _,
          CannotCreateTransactionException _ ->
          Optional.of(AWAY);
      case DataAccessException _ when isOutage(state) -> Optional.of(AWAY);
      default -> Optional.empty();
    };
  }

  private static String state(@Nullable Throwable root) {
    return root instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
  }

  private static boolean isOutage(String state) {
    return state.length() == 5 && OUTAGES.contains(state.substring(0, 2));
  }
}
