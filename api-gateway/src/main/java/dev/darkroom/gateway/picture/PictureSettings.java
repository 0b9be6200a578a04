package dev.darkroom.gateway.picture;

import jakarta.validation.constraints.AssertTrue;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of serving and deleting pictures.
 *
 * @param serve whether the gateway sends the bytes, or redirects clients to the storage
 * @param linkLifetime how long a link to the storage is valid
 * @param keep how long a picture is kept after its job ended; 0 means forever
 * @param sweep how often expired pictures are deleted
 */
@Validated
@ConfigurationProperties("darkroom.picture")
record PictureSettings(
    @DefaultValue("proxy") ServeMode serve,
    @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(days = 7) Duration linkLifetime,
    @DefaultValue("0") @DurationMin(nanos = 0) @DurationMax(days = 36_500) Duration keep,
    @DefaultValue("1m") @DurationMin(millis = 50) @DurationMax(days = 1) Duration sweep) {

  enum ServeMode {
    PROXY,
    REDIRECT
  }

  /** Deleting too early can't be undone. */
  @AssertTrue(message = "darkroom.picture.keep must be 0 (forever) or at least 1s")
  boolean isKeepLongEnough() {
    return keep.isZero() || keep.compareTo(Duration.ofSeconds(1)) >= 0;
  }
}
