package dev.darkroom.gateway.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who may use the gateway.
 *
 * @param mode whether callers have to say who they are
 * @param openToAll whether that holds for other machines, too, where nobody has to
 */
@Validated
@ConfigurationProperties("darkroom.access")
record AccessSettings(
    @DefaultValue("open") AccessMode mode, @DefaultValue("false") boolean openToAll) {

  /** Whether callers have to say who they are. */
  enum AccessMode {
    /** Nobody is asked. */
    OPEN,
    /** Each needs a key or a token. */
    REQUIRED
  }
}
