package dev.darkroom.picture.s3;

import dev.darkroom.picture.PictureStoreContract;
import dev.darkroom.picture.TestingClock;
import dev.darkroom.picture.file.UploadDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** An S3 server in this JVM, which keeps its objects in memory. */
final class TestingS3Storage implements AutoCloseable {
  static final String ACCESS_KEY = "the-access-key";
  static final String SECRET_KEY = "the-secret-key";

  private final TransientNio2BlobStore objects = new TransientNio2BlobStore();
  private final CountedUploads uploads = new CountedUploads(objects);
  private final int port;
  private S3Proxy server;

  TestingS3Storage() {
    server = start(0);
    port = server.getPort();
  }

  private S3Proxy start(int at) {
    var proxy =
        S3Proxy.builder()
            .blobStore(uploads)
            .endpoint(URI.create("http://127.0.0.1:" + at))
            .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
            .build();
    try {
      proxy.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return proxy;
  }

  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** A bucket that is empty. */
  String freshBucket() {
    var bucket = "pictures-" + UUID.randomUUID();
    objects.createContainer(bucket);
    return bucket;
  }

  void put(String bucket, String key) {
    objects.putBlob(
        PutObjectRequest.builder().bucket(bucket).key(key).contentLength(1L).build(),
        new ByteArrayInputStream(new byte[1]));
  }

  int objects(String bucket) {
    return objects.list(bucket).contents().size();
  }

  int uploads() {
    return uploads.made.get();
  }

  /** What becomes of uploads from now on. */
  void uploadThrough(UnaryOperator<InputStream> change) {
    uploads.change = change;
  }

  void stop() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void startAgain() {
    server = start(port);
  }

  @Override
  public void close() {
    stop();
  }

  S3Settings settings(String bucket) {
    return settings(bucket, SECRET_KEY, S3Settings.Checksums.WHEN_REQUIRED);
  }

  S3Settings settings(String bucket, String secretKey, S3Settings.Checksums checksums) {
    return new S3Settings(
        endpoint(),
        "",
        "",
        "us-east-1",
        bucket,
        ACCESS_KEY,
        secretKey,
        "generated/",
        true,
        checksums,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30));
  }

  static S3PictureStore open(S3Settings settings, Path directory, TestingClock clock)
      throws IOException {
    var uploads = UploadDirectory.open(directory, PictureStoreContract.MAX_BYTES, clock);
    return S3StoreConfiguration.open(settings, uploads, clock::nanoTime);
  }

  private static final class CountedUploads extends ForwardingBlobStore {
    private final BlobStore objects;
    private final AtomicInteger made = new AtomicInteger();
    private volatile UnaryOperator<InputStream> change = UnaryOperator.identity();

    CountedUploads(BlobStore objects) {
      super(objects);
      this.objects = objects;
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
      made.incrementAndGet();
      return objects.putBlob(request, change.apply(body));
    }
  }
}
