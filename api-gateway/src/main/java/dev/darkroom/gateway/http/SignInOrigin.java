package dev.darkroom.gateway.http;

/**
 * Another place than the gateway at which its pages may sign people in.
 *
 * @param value scheme, host and port, as a content security policy writes them
 */
public record SignInOrigin(String value) {}
