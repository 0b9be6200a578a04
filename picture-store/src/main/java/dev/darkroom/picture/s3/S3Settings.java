package dev.darkroom.picture.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the S3-compatible storage.
 *
 * @param endpoint base URL; if blank, the storage of {@code supabaseUrl}, otherwise AWS
 * @param supabaseUrl the project's URL ({@code SUPABASE_URL})
 * @param publicEndpoint base URL for browsers, if different from {@code endpoint}
 * @param region of the storage
 * @param bucket an existing one
 * @param accessKey the id of the key
 * @param secretKey never printed
 * @param prefix of all object keys; a trailing slash is added
 * @param pathStyle whether URLs have the bucket in the path, not in the host name
 * @param checksums whether uploads carry a SHA-256 and downloads are checked; not all storages can
 * @param connectTimeout for connecting
 * @param readTimeout between two reads of a response
 * @param timeout for a call with its retries, up to the first byte of a picture
 */
@ConfigurationProperties("darkroom.picture.s3")
record S3Settings(
    @DefaultValue("") String endpoint,
    @DefaultValue("") String supabaseUrl,
    @DefaultValue("") String publicEndpoint,
    @DefaultValue("us-east-1") String region,
    @DefaultValue("") String bucket,
    @DefaultValue("") String accessKey,
    @DefaultValue("") String secretKey,
    @DefaultValue("generated/") String prefix,
    @DefaultValue("true") boolean pathStyle,
    @DefaultValue("when-required") Checksums checksums,
    @DefaultValue("5s") Duration connectTimeout,
    @DefaultValue("10s") Duration readTimeout,
    @DefaultValue("30s") Duration timeout) {

  private static final String NAME = "darkroom.picture.s3.";
  private static final String HOSTED = ".supabase.co";
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** The SDK's default is not understood by all storages. */
  enum Checksums {
    WHEN_REQUIRED,
    WHEN_SUPPORTED
  }

  S3Settings {
    prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    requireGiven("region", region);
    requireGiven("bucket", bucket);
    requireGiven("access-key", accessKey);
    requireGiven("secret-key", secretKey);
    requireUrl("endpoint", endpoint);
    requireUrl("supabase-url", supabaseUrl);
    requireUrl("public-endpoint", publicEndpoint);
    requireInRange("connect-timeout", connectTimeout);
    requireInRange("read-timeout", readTimeout);
    requireInRange("timeout", timeout);
    if (prefix.startsWith("/")) {
      throw new IllegalArgumentException(NAME + "prefix must not begin with a slash");
    }
  }

  /** Empty for AWS, whose endpoint follows from the region. */
  Optional<URI> endpointUrl() {
    if (!endpoint.isBlank()) {
      return Optional.of(URI.create(endpoint));
    }
    return supabaseUrl.isBlank() ? Optional.empty() : Optional.of(ofSupabase());
  }

  Optional<URI> publicEndpointUrl() {
    return publicEndpoint.isBlank() ? endpointUrl() : Optional.of(URI.create(publicEndpoint));
  }

  /** Hosted projects have a separate storage host; others serve storage from their own host. */
  private URI ofSupabase() {
    URI project = URI.create(supabaseUrl);
    String host = project.getHost();
    boolean hosted = host.endsWith(HOSTED) && host.indexOf('.') == host.length() - HOSTED.length();
    return hosted
        ? URI.create(
            "https://%s.storage%s/storage/v1/s3"
                .formatted(host.substring(0, host.indexOf('.')), HOSTED))
        : URI.create(supabaseUrl.replaceAll("/+$", "") + "/storage/v1/s3");
  }

  private static void requireGiven(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          NAME + name + " must be set if darkroom.picture.store is s3");
    }
  }

  private static void requireUrl(String name, String value) {
    if (!value.isBlank() && !isUrl(value)) {
      throw new IllegalArgumentException(
          NAME + name + " must be an http or https URL without login, query or fragment");
    }
  }

  private static boolean isUrl(String value) {
    try {
      var url = new URI(value);
      return url.getHost() != null
          && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static void requireInRange(String name, Duration value) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s%s is %s; it must be between 100ms and 10m".formatted(NAME, name, value));
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "S3Settings[endpoint=%s, region=%s, bucket=%s]".formatted(endpoint, region, bucket);
  }
}
