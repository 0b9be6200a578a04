package dev.darkroom.gateway.http;

import jakarta.servlet.http.HttpServletRequest;

/** What a client is told of an outage of the ledger: what is known of its job, and what to do. */
final class OutageSentences {
  private OutageSentences() {}

  static String about(LedgerOutage outage, HttpServletRequest request) {
    var job = CurrentRequest.job(request);
    if (job.isEmpty() && !CurrentRequest.isRepeatable(request)) {
      return aboutQuestion(outage);
    }
    return switch (outage) {
      case READ_ONLY ->
          "The ledger is read-only at the moment, so the job was not accepted; send the request again in a few seconds.";
      case TOO_SLOW ->
          "The ledger took too long, so the job was not accepted; send the request again in a few seconds.";
      case AWAY ->
          job.map(
                  "The ledger did not answer, so the job may or may not have been accepted; ask GET /api/generate/%s before you send it again."
                      ::formatted)
              .orElse(
                  "The ledger did not answer, so the job may or may not have been accepted; send the request again with the same Idempotency-Key, and there will be one job.");
    };
  }

  private static String aboutQuestion(LedgerOutage outage) {
    return switch (outage) {
      case READ_ONLY -> "The ledger is read-only at the moment; try again in a few seconds.";
      case TOO_SLOW ->
          "The question takes too long to answer; ask for less, such as a shorter time range, or try again later.";
      case AWAY -> "The ledger does not answer at the moment; try again in a few seconds.";
    };
  }
}
