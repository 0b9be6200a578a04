package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.http.ApiKey;
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
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param endpoint base URL; blank stands for {@code https://api.tokenfactory.nebius.com/v1/}
 * @param apiKey sent as a bearer token
 * @param model used if a request names none
 * @param models others that requests may name; the worker only looks them up in the catalogue
 * @param timeout for a whole call, from connecting to the last byte of the picture
 * @param connectTimeout for connecting alone
 * @param quickRetries further tries, at once, of a call that was certainly not sent
 * @param quickRetryDelay between those
 * @param readModelsEvery pause between attempts to read the catalogue, until one succeeds
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record NebiusSettings(
    @DefaultValue("") URI endpoint,
    @DefaultValue("") ApiKey apiKey,
    @DefaultValue("stability-ai/sdxl") @NotBlank String model,
    @DefaultValue List<@NotBlank String> models,
    @DefaultValue("120s") @DurationMin(millis = 100) @DurationMax(minutes = 60) Duration timeout,
    @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration connectTimeout,
    @DefaultValue("2") @Min(0) @Max(10) int quickRetries,
    @DefaultValue("200ms") @DurationMin(millis = 1) @DurationMax(seconds = 30)
        Duration quickRetryDelay,
    @DefaultValue("1m") @DurationMin(millis = 100) @DurationMax(hours = 24)
        Duration readModelsEvery,
    @Valid @DefaultValue Breaker breaker,
    @Valid @DefaultValue PictureDownloads pictures) {

  NebiusSettings {
    if (endpoint.toString().isBlank()) { // a compose file passes on unset variables so
      endpoint = STANDARD_ENDPOINT;
    }
    endpoint = endpoint.toString().endsWith("/") ? endpoint : URI.create(endpoint + "/");
  }

  private static final URI STANDARD_ENDPOINT =
      URI.create("https://api.tokenfactory.nebius.com/v1/");

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

  /** A constraint on the key itself would print it. */
  @AssertTrue(
      message =
          "darkroom.nebius.api-key (NEBIUS_API_KEY) contains a character that no HTTP header can carry; copy it again")
  boolean isApiKeySendable() {
    return apiKey.isSendable();
  }

  /**
   * @param window number of latest calls that are counted
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
   * Pictures that come as a URL. We ask for them inline; this is for a provider that ignores it.
   *
   * @param hosts exact names from which pictures may be downloaded
   * @param insecure also over http, on any port, and in private networks: for a simulator
   */
  record PictureDownloads(
      @DefaultValue("pictures-storage.storage.eu-north1.nebius.cloud") List<@NotBlank String> hosts,
      @DefaultValue("false") boolean insecure) {}
}
