package dev.darkroom.gateway.http;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** A reply that says how something stands now: JSON, whatever was accepted, and never cached. */
public final class JsonReply {
  private JsonReply() {}

  public static ResponseEntity<Object> of(HttpStatus status, Object body) {
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(body);
  }
}
