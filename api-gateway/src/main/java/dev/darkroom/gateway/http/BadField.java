package dev.darkroom.gateway.http;

/**
 * A field of a request that breaks a rule.
 *
 * @param field its name as the client writes it, or {@code body}
 * @param message continues a sentence that begins with the field's name
 */
public record BadField(String field, String message) {}
