package dev.darkroom.gateway.access;

import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of signed links. {@link LinkConfiguration} checks the secrets: a failed validation would
 * print them.
 *
 * @param linkSecret the first signs links, all verify them, the same in all gateways; none for the
 *     one that the ledger has made
 * @param linkLife how long a link holds, at least
 */
@Validated
@ConfigurationProperties("darkroom.access")
record LinkSettings(
    @DefaultValue List<String> linkSecret,
    @DefaultValue("6h") @DurationMin(minutes = 1) @DurationMax(days = 7) Duration linkLife) {

  @Override
  public String toString() {
    return "LinkSettings[linkSecret=%d, linkLife=%s]".formatted(linkSecret.size(), linkLife);
  }
}
