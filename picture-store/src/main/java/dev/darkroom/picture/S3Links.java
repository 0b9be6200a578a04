package dev.darkroom.picture;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Addresses that are signed, so that whoever has one may GET one object for a while. */
final class S3Links {
  private final S3Presigner presigner;
  private final String bucket;

  S3Links(S3Presigner presigner, String bucket) {
    this.presigner = presigner;
    this.bucket = bucket;
  }

  URI to(String key, Duration lifetime, String disposition) {
    var signed =
        presigner.presignGetObject(request ->
            request
                .signatureDuration(lifetime)
                .getObjectRequest(
                    get -> get.bucket(bucket).key(key).responseContentDisposition(disposition)));
    return URI.create(signed.url().toExternalForm());
  }

  String origin() {
    URI any = to("any", Duration.ofMinutes(1), "inline");
    return any.getScheme() + "://" + any.getRawAuthority();
  }
}
