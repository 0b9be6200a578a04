package dev.darkroom.picture;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where pictures lie that are kept in S3-compatible storage.
 *
 * @param endpoint base URL; blank stands for the storage of {@code supabaseUrl}, or else for AWS
 * @param supabaseUrl of the project, as {@code SUPABASE_URL} has it
 * @param publicEndpoint how browsers reach the storage, where that is not {@code endpoint}
 * @param region as the storage calls it
 * @param bucket that exists already
 * @param accessKey the key's id
 * @param secretKey never printed
 * @param prefix of all keys, with or without a slash at its end
 * @param pathStyle whether the bucket is in the path, not in the host's name
 * @param checksums whether uploads carry a SHA-256 for the storage to check, and downloads are
 *     checked; not all storages can
 * @param connectTimeout for a connection
 * @param readTimeout for the next bytes of an answer
 * @param timeout for a whole call with its retries, up to the first byte of a picture
 */
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

  /** Not all storages understand what the SDK would do unasked. */
  enum Checksums {
    WHEN_REQUIRED,
    WHEN_SUPPORTED
  }

  S3Settings {
    prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /** Only who keeps pictures there has to say where. */
  void requireUsable() {
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
      throw new IllegalArgumentException(NAME + "prefix should not begin with a slash");
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

  /** Hosted projects have a host of their own for storage; others have it behind their gateway. */
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
          NAME + name + " is empty, but should be given where darkroom.picture.store is s3");
    }
  }

  private static void requireUrl(String name, String value) {
    if (!value.isBlank() && !isUrl(value)) {
      throw new IllegalArgumentException(
          NAME + name + " should be an http or https URL without login, query or fragment");
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
          "%s%s is %s, but should be between 100ms and 10m".formatted(NAME, name, value));
    }
  }

  @Override
  public String toString() {
    return "S3Settings[endpoint=%s, supabaseUrl=%s, publicEndpoint=%s, region=%s, bucket=%s, prefix=%s, pathStyle=%s, checksums=%s, connectTimeout=%s, readTimeout=%s, timeout=%s]"
        .formatted(
            endpoint,
            supabaseUrl,
            publicEndpoint,
            region,
            bucket,
            prefix,
            pathStyle,
            checksums,
            connectTimeout,
            readTimeout,
            timeout);
  }
}
