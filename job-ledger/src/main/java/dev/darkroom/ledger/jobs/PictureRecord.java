package dev.darkroom.ledger.jobs;

/**
 * A saved picture as the ledger remembers it.
 *
 * @param url path at the gateway
 * @param sha256 of its bytes, lower-case hexadecimal
 */
public record PictureRecord(String url, String sha256, String contentType, long bytes) {}
