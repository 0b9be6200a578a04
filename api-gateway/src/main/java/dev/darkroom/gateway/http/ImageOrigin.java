package dev.darkroom.gateway.http;

/**
 * Another place than the gateway from which its pages may show pictures.
 *
 * @param value scheme, host and port, as a content security policy writes them
 */
public record ImageOrigin(String value) {}
