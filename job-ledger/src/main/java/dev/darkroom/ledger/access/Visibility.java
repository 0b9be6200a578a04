package dev.darkroom.ledger.access;

import org.jspecify.annotations.Nullable;

/**
 * Whose rows a statement may show or change.
 *
 * @param owner the only owner whose rows are visible; {@code null} where all are. Statements say
 *     {@code (:owner::text is null or owner = :owner)}.
 */
public record Visibility(@Nullable String owner) {
  /** Of operators, and of everybody where access is open. */
  public static final Visibility ALL = new Visibility(null);

  public static Visibility of(String owner) {
    return new Visibility(owner);
  }

  /** Whether rows of this owner are visible. */
  public boolean includes(String rowOwner) {
    return owner == null || owner.equals(rowOwner);
  }
}
