package dev.darkroom.ledger.webhooks;

/**
 * Whose endpoints, deliveries and secrets.
 *
 * @param owner of the jobs; empty where access is open
 * @param userId a label inside the owner
 */
public record WebhookOwner(String owner, String userId) {}
