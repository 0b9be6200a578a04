package dev.darkroom.system.clients;

import java.util.UUID;

/**
 * A webhook as it arrived.
 *
 * @param id its {@code webhook-id}
 */
public record ArrivedWebhook(UUID requestId, String id, String type) {}
