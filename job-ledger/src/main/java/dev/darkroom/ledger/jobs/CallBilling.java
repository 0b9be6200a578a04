package dev.darkroom.ledger.jobs;

import java.util.Locale;

/** What is known of the provider's bill for the call of one attempt. */
public enum CallBilling {
  /** No call was made. */
  NOT_CALLED,
  /** The provider refused the call, or was not able to carry it out. */
  NO,
  /** The picture came. */
  YES,
  /** The call may have been carried out. */
  UNKNOWN;

  /** As in steps and statements. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
