package dev.darkroom.picture.s3;

import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StreamUtils;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The five calls that the store makes. Exceptions of the SDK become IOExceptions. */
final class S3Bucket {
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";
  private static final Set<Integer> ACCESS_DENIED = Set.of(401, 403);

  private final S3Client client;
  private final S3Presigner presigner;
  private final String name;
  private final String place;
  private final boolean checksums;
  private final Consumer<IOException> whenFailed;

  /**
   * @param whenFailed receives every failure
   */
  S3Bucket(
      S3Client client,
      S3Presigner presigner,
      S3Settings settings,
      Consumer<IOException> whenFailed) {
    var endpoint = settings.endpointUrl().map(URI::toString).orElse("AWS in " + settings.region());
    this.client = client;
    this.presigner = presigner;
    this.name = settings.bucket();
    this.place = "bucket %s at %s".formatted(name, endpoint);
    this.checksums = settings.checksums() == S3Settings.Checksums.WHEN_SUPPORTED;
    this.whenFailed = whenFailed;
  }

  record StoredObject(String key, long bytes, Instant modified) {}

  /** A page of a list, and the token of the next one. */
  record ObjectPage(List<StoredObject> objects, @Nullable String next) {}

  void put(String key, FileChannel content, StoredPicture picture) throws IOException {
    var request =
        PutObjectRequest.builder()
            .bucket(name)
            .key(key)
            .contentType(picture.format().contentType())
            .cacheControl(IMMUTABLE)
            .metadata(Map.of("sha256", picture.sha256()));
    if (checksums) {
      request.checksumSHA256(base64(picture.sha256()));
    }
    var body =
        RequestBody.fromContentProvider(
            () -> rewound(content), picture.bytes(), picture.format().contentType());
    call(() -> client.putObject(request.build(), body));
  }

  /** The SDK asks for a new stream for each attempt. */
  private static InputStream rewound(FileChannel content) {
    try {
      return StreamUtils.nonClosing(Channels.newInputStream(content.position(0)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void putText(String key, String text) throws IOException {
    var request = PutObjectRequest.builder().bucket(name).key(key).contentType("text/plain");
    call(() -> client.putObject(request.build(), RequestBody.fromString(text)));
  }

  /**
   * @param next token of the previous page, or null for the first page
   */
  ObjectPage list(String prefix, @Nullable String next) throws IOException {
    var request =
        ListObjectsV2Request.builder().bucket(name).prefix(prefix).continuationToken(next).build();
    var answer = call(() -> client.listObjectsV2(request));
    return new ObjectPage(
        answer.contents().stream()
            .map(object -> new StoredObject(object.key(), object.size(), object.lastModified()))
            .toList(),
        Boolean.TRUE.equals(answer.isTruncated()) ? answer.nextContinuationToken() : null);
  }

  /** Empty if there is no such object. */
  Optional<InputStream> get(String key, @Nullable ByteRange range) throws IOException {
    var request = GetObjectRequest.builder().bucket(name).key(key);
    if (range != null) {
      request.range("bytes=%d-%d".formatted(range.from(), range.last()));
    }
    return call(() -> {
      try {
        return Optional.<InputStream>of(client.getObject(request.build()));
      } catch (NoSuchKeyException e) {
        return Optional.empty();
      }
    });
  }

  void delete(String key) throws IOException {
    call(() -> client.deleteObject(request -> request.bucket(name).key(key)));
  }

  /** A URL at which anyone may GET the object for a while. Signing makes no call. */
  URI link(String key, Duration lifetime, String disposition) {
    var signed =
        presigner.presignGetObject(request ->
            request
                .signatureDuration(lifetime)
                .getObjectRequest(
                    get -> get.bucket(name).key(key).responseContentDisposition(disposition)));
    return URI.create(signed.url().toExternalForm());
  }

  private interface S3Call<T> {
    T run();
  }

  private <T> T call(S3Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (SdkException | UncheckedIOException e) {
      var explained = new IOException(explain(e), e);
      if (!Thread.currentThread().isInterrupted()) { // an interrupt says nothing about the storage
        whenFailed.accept(explained);
      }
      throw explained;
    }
  }

  private static String base64(String hex) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
  }

  private String explain(RuntimeException e) {
    return e instanceof AwsServiceException response ? explainResponse(response) : explainIo(e);
  }

  /** Omits the SDK's message: it may repeat what was signed. */
  private String explainResponse(AwsServiceException e) {
    int status = e.statusCode();
    String code =
        e.awsErrorDetails() == null ? "" : String.valueOf(e.awsErrorDetails().errorCode());
    String response = "(%d %s)".formatted(status, code).replace(" )", ")");
    if (code.equals("NoSuchBucket")) {
      return "%s does not exist %s; create it, or correct darkroom.picture.s3.bucket"
          .formatted(place, response);
    }
    if (ACCESS_DENIED.contains(status)) {
      return "access denied to %s %s; check darkroom.picture.s3.access-key and secret-key, and the key's permissions"
          .formatted(place, response);
    }
    return "%s answered with an error %s".formatted(place, response);
  }

  private String explainIo(RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return "no answer from %s: %s".formatted(place, cause);
  }
}
