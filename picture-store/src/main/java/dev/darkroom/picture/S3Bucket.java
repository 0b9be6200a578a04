package dev.darkroom.picture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StreamUtils;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The five calls that are made of a bucket. Whatever the SDK throws becomes an IOException. */
final class S3Bucket {
  private static final String FOR_EVER = "public, max-age=31536000, immutable";

  private final S3Client client;
  private final String name;
  private final boolean checksums;
  private final ExplainS3 explain;
  private final Consumer<IOException> whenFailed;

  /**
   * @param checksums whether uploads say what their SHA-256 is
   * @param whenFailed hears of everything that went wrong
   */
  S3Bucket(
      S3Client client,
      String name,
      boolean checksums,
      ExplainS3 explain,
      Consumer<IOException> whenFailed) {
    this.client = client;
    this.name = name;
    this.checksums = checksums;
    this.explain = explain;
    this.whenFailed = whenFailed;
  }

  /** An object in a list. */
  record Listed(String key, long bytes, Instant modified) {}

  /** A part of a list, and how to go on. */
  record Page(List<Listed> objects, @Nullable String next) {}

  void put(String key, FileChannel content, StoredPicture picture) throws IOException {
    var request =
        PutObjectRequest.builder()
            .bucket(name)
            .key(key)
            .contentType(picture.format().contentType())
            .cacheControl(FOR_EVER)
            .metadata(Map.of("sha256", picture.sha256()));
    if (checksums) {
      request.checksumSHA256(Sha256.base64(picture.sha256()));
    }
    var body =
        RequestBody.fromContentProvider(
            () -> fromItsBeginning(content), picture.bytes(), picture.format().contentType());
    call(() -> client.putObject(request.build(), body));
  }

  /** For each attempt, without opening the file again; see {@link Drafts}. */
  private static InputStream fromItsBeginning(FileChannel content) {
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
   * @param next of the page before, or null for the first
   */
  Page list(String prefix, @Nullable String next) throws IOException {
    var request =
        ListObjectsV2Request.builder().bucket(name).prefix(prefix).continuationToken(next).build();
    var answer = call(() -> client.listObjectsV2(request));
    return new Page(
        answer.contents().stream()
            .map(object -> new Listed(object.key(), object.size(), object.lastModified()))
            .toList(),
        Boolean.TRUE.equals(answer.isTruncated()) ? answer.nextContinuationToken() : null);
  }

  /** Empty if there is no such object. */
  Optional<InputStream> get(String key, @Nullable Part part) throws IOException {
    var request = GetObjectRequest.builder().bucket(name).key(key);
    if (part != null) {
      request.range("bytes=%d-%d".formatted(part.from(), part.from() + part.bytes() - 1));
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

  private interface Call<T> {
    T make();
  }

  private <T> T call(Call<T> call) throws IOException {
    try {
      return call.make();
    } catch (SdkException | UncheckedIOException e) {
      var explained = new IOException(explain.sentence(e), e);
      if (!Thread.currentThread().isInterrupted()) { // which says nothing about the storage
        whenFailed.accept(explained);
      }
      throw explained;
    }
  }
}
