package dev.darkroom.worker.nebius;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the way to Nebius.
 *
 * @param endpoint base URL, with or without a slash at its end; blank stands for {@code
 *     https://api.tokenfactory.nebius.com/v1/}
 * @param apiKey sent as a bearer token
 * @param model that draws where the request names none
 * @param models that requests may name besides; the worker only looks for them in the catalogue
 * @param guidanceScale sent with calls of these models; others use their own default
 * @param timeout for a whole call, from the connection to the last byte of the picture
 * @param connectTimeout for the connection alone
 * @param quickRetries further tries, at once, of a call that certainly was not made
 * @param quickRetryDelay between those
 * @param readModelsEvery how long to wait before the catalogue is asked for again, until it was
 *     read
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record NebiusSettings(
    @DefaultValue("") URI endpoint,
    @DefaultValue("") ApiKey apiKey,
    @DefaultValue("stability-ai/sdxl") @NotBlank String model,
    @DefaultValue List<@NotBlank String> models,
    @DefaultValue List<GuidanceScale> guidanceScale,
    @DefaultValue("120s") @DurationMin(millis = 100) @DurationMax(minutes = 60) Duration timeout,
    @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration connectTimeout,
    @DefaultValue("2") @Min(0) @Max(10) int quickRetries,
    @DefaultValue("200ms") @DurationMin(millis = 1) @DurationMax(seconds = 30)
        Duration quickRetryDelay,
    @DefaultValue("1m") @DurationMin(millis = 100) @DurationMax(hours = 24)
        Duration readModelsEvery,
    @Valid @DefaultValue Breaker breaker,
    @Valid @DefaultValue Pictures pictures) {

  NebiusSettings {
    if (endpoint.toString().isBlank()) { // as a compose file passes on what is not set
      endpoint = STANDARD_ENDPOINT;
    }
    endpoint = endpoint.toString().endsWith("/") ? endpoint : URI.create(endpoint + "/");
  }

  private static final URI STANDARD_ENDPOINT =
      URI.create("https://api.tokenfactory.nebius.com/v1/");

  /** None for a model that is to use its own default. */
  @Nullable Double guidanceScaleOf(String called) {
    return guidanceScale.stream()
        .filter(scale -> scale.model().equals(called))
        .map(GuidanceScale::scale)
        .findFirst()
        .orElse(null);
  }

  @AssertTrue(
      message =
          "darkroom.nebius.endpoint (NEBIUS_API_ENDPOINT) must be an absolute http or https URL without login, query or fragment")
  boolean isEndpointUsable() {
    return endpoint.getHost() != null
        && ("https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme()))
        && endpoint.getRawUserInfo() == null
        && endpoint.getRawQuery() == null
        && endpoint.getRawFragment() == null;
  }

  /** A refusal of the key itself would print it. */
  @AssertTrue(
      message =
          "darkroom.nebius.api-key (NEBIUS_API_KEY) holds a character that no header can carry; copy it once more")
  boolean isApiKeySendable() {
    return apiKey.isSendable();
  }

  /**
   * When calls are stopped altogether.
   *
   * @param window latest calls that are looked at
   * @param minimumCalls calls before which it never opens
   * @param failureRate percentage of failed calls at which it opens
   * @param probeAfter how long it stays open before one call probes
   */
  record Breaker(
      @DefaultValue("20") @Min(1) @Max(1000) int window,
      @DefaultValue("5") @Min(1) @Max(1000) int minimumCalls,
      @DefaultValue("50") @Min(1) @Max(100) int failureRate,
      @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 30)
          Duration probeAfter) {}

  /**
   * Where pictures are fetched from that come as an address. We ask for them in the answer itself;
   * this is for a provider that does not listen.
   *
   * @param hosts that may be asked, by their exact names
   * @param insecure also over http, on any port, and inside of private networks: for a simulator
   */
  record Pictures(
      @DefaultValue("pictures-storage.storage.eu-north1.nebius.cloud") List<@NotBlank String> hosts,
      @DefaultValue("false") boolean insecure) {}
}
