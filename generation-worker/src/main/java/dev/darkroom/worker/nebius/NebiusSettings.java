package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.http.ApiKey;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of Nebius, and of all that other providers have in common with it.
 *
 * @param endpoint base URL; blank stands for {@code https://api.tokenfactory.nebius.com/v1/}
 * @param apiKey sent as a bearer token
 * @param model used if a request names none; blank stands for {@code stability-ai/sdxl}
 * @param models others that requests may name; the worker only looks them up in the catalogue
 * @param timeout for a whole call, from connecting to the last byte of the picture
 * @param connectTimeout for connecting alone
 * @param quickRetries further tries, at once, of a call that was certainly not sent
 * @param quickRetryDelay between those
 * @param requestsPerMinute calls that all workers together make in a minute, until Nebius says how
 *     many it grants; 0 means no limit. The value of the worker that started last holds
 * @param readModelsEvery pause between attempts to read the catalogue, until one succeeds
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record NebiusSettings(
    @DefaultValue("") URI endpoint,
    @DefaultValue("") ApiKey apiKey,
    @DefaultValue("") String model,
    @DefaultValue List<@NotBlank String> models,
    @DefaultValue("120s") @DurationMin(millis = 100) @DurationMax(minutes = 60) Duration timeout,
    @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration connectTimeout,
    @DefaultValue("2") @Min(0) @Max(10) int quickRetries,
    @DefaultValue("200ms") @DurationMin(millis = 1) @DurationMax(seconds = 30)
        Duration quickRetryDelay,
    @DefaultValue("0") @Min(0) @Max(1_000_000) int requestsPerMinute,
    @DefaultValue("1m") @DurationMin(millis = 100) @DurationMax(hours = 24)
        Duration readModelsEvery,
    @Valid @DefaultValue Breaker breaker,
    @Valid @DefaultValue PictureDownloads pictures) {

  NebiusSettings {
    if (endpoint.toString().isBlank()) { // a compose file passes on unset variables so
      endpoint = STANDARD_ENDPOINT;
    }
    model = model.isBlank() ? STANDARD_MODEL : model;
    endpoint = endpoint.toString().endsWith("/") ? endpoint : URI.create(endpoint + "/");
  }

  private static final String STANDARD_MODEL = "stability-ai/sdxl";
  private static final URI STANDARD_ENDPOINT =
      URI.create("https://api.tokenfactory.nebius.com/v1/");

  @AssertTrue(
      message =
          "darkroom.nebius.endpoint (NEBIUS_API_ENDPOINT) must be an absolute http or https URL without login, query or fragment")
  boolean isEndpointUsable() {
    return isUsable(endpoint);
  }

  private static boolean isUsable(URI endpoint) {
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

  /** The same for calls to this provider. */
  NebiusSettings at(ProviderEntry provider) {
    var names = provider.modelNames();
    var ours = names.isEmpty() ? model : names.getOrDefault(model, names.firstEntry().getValue());
    return new NebiusSettings(
        provider.isNebius() ? endpoint : provider.endpoint(),
        provider.isNebius() ? apiKey : provider.apiKey(),
        ours,
        names.isEmpty() ? models : List.copyOf(names.values()),
        timeout,
        connectTimeout,
        quickRetries,
        quickRetryDelay,
        provider.isNebius() ? requestsPerMinute : provider.requestsPerMinute(),
        readModelsEvery,
        breaker,
        pictures);
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

  /**
   * Which providers there are.
   *
   * @param providers in order of preference; empty for Nebius alone
   */
  @Validated
  @ConfigurationProperties("darkroom")
  record ProviderListSettings(
      @DefaultValue @Size(max = MOST) List<@Valid ProviderEntry> providers) {
    private static final int MOST = 16;

    /** Those in the list, or Nebius alone. */
    List<ProviderEntry> orNebius() {
      return providers.isEmpty() ? List.of(ProviderEntry.NEBIUS_ALONE) : providers;
    }

    @AssertTrue(message = "darkroom.providers must not name a provider twice") boolean isEachNamedOnce() {
      return providers.stream().map(ProviderEntry::name).distinct().count() == providers.size();
    }
  }

  /**
   * A provider. The one that is called {@code nebius} has the settings of {@code darkroom.nebius},
   * and says here only which place it has and which models.
   *
   * @param name in steps, metrics and the limit that all workers share
   * @param models that it serves, by our names, or as {@code ours=its own}; empty for all
   * @param requestsPerMinute as for Nebius
   */
  record ProviderEntry(
      @DefaultValue("") @Pattern(regexp = "[a-z][a-z0-9-]{0,31}") String name,
      @DefaultValue("") URI endpoint,
      @DefaultValue("") ApiKey apiKey,
      @DefaultValue List<@Pattern(regexp = "[^=\\s]+(=[^=\\s]+)?") String> models,
      @DefaultValue("0") @Min(0) @Max(1_000_000) int requestsPerMinute) {
    static final String NEBIUS = "nebius";

    private static final ProviderEntry NEBIUS_ALONE =
        new ProviderEntry(NEBIUS, URI.create(""), new ApiKey(""), List.of(), 0);

    ProviderEntry {
      if (!endpoint.toString().isBlank() && !endpoint.toString().endsWith("/")) {
        endpoint = URI.create(endpoint + "/");
      }
    }

    boolean isNebius() {
      return name.equals(NEBIUS);
    }

    @AssertTrue(
        message =
            "endpoint of a provider in darkroom.providers must be an absolute http or https URL without login, query or fragment")
    boolean isEndpointUsable() {
      return isNebius() || isUsable(endpoint);
    }

    /** A constraint on the key itself would print it. */
    @AssertTrue(
        message =
            "api-key of a provider in darkroom.providers contains a character that no HTTP header can carry; copy it again")
    boolean isApiKeySendable() {
      return apiKey.isSendable();
    }

    @AssertTrue(
        message =
            "endpoint, api-key and requests-per-minute of nebius are set in darkroom.nebius, not in darkroom.providers")
    boolean isNebiusSetElsewhere() {
      return !isNebius()
          || (endpoint.toString().isBlank() && !apiKey.isGiven() && requestsPerMinute == 0);
    }

    /** By our names, in their order; empty if it serves all. */
    SequencedMap<String, String> modelNames() {
      var names = new LinkedHashMap<String, String>();
      models.forEach(model -> {
        var pair = List.of(model.split("=", 2));
        names.put(pair.getFirst(), pair.getLast());
      });
      return names;
    }
  }
}
