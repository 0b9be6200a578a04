package dev.darkroom.ledger.jobs;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What is known of the provider's bill for a job.
 *
 * @param billed unknown if that is so of any of its calls, and while one is under way
 * @param calls that were made for it, or are under way
 */
public record Billing(BillingState billed, int calls) {

  /** Whether the provider has billed any of a job's calls. */
  public enum BillingState {
    YES,
    NO,
    UNKNOWN;

    /** As in replies. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * From the counters of the ledger, which do not know of the call under way.
   *
   * @param running whether a worker holds the job
   */
  public static Billing of(int calls, int billed, int unknown, boolean running) {
    return new Billing(
        unknown > 0 || running ? BillingState.UNKNOWN : billed > 0 ? BillingState.YES : BillingState.NO,
        calls + (running ? 1 : 0));
  }
}
