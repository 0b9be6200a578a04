package dev.darkroom.gateway.picture;

import jakarta.validation.constraints.AssertTrue;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of handing pictures out, and of removing them.
 *
 * @param serve whether the gateway passes the bytes on, or sends clients to the storage
 * @param linkLifetime how long an address in the storage can be used
 * @param keep how long a picture stays after its job has ended; 0 is for ever
 * @param sweep how often to look for pictures that were kept long enough
 */
@Validated
@ConfigurationProperties("darkroom.picture")
record PictureSettings(
    @DefaultValue("proxy") Serve serve,
    @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(days = 7) Duration linkLifetime,
    @DefaultValue("0") @DurationMin(nanos = 0) @DurationMax(days = 36_500) Duration keep,
    @DefaultValue("1m") @DurationMin(millis = 50) @DurationMax(days = 1) Duration sweep) {

  /** How clients come by the bytes. */
  enum Serve {
    PROXY,
    REDIRECT
  }

  /** An hour that was written as a second could not be taken back. */
  @AssertTrue(message = "darkroom.picture.keep must be 0, which is for ever, or at least 1s") boolean isKeepLongEnough() {
    return keep.isZero() || keep.compareTo(Duration.ofSeconds(1)) >= 0;
  }
}
