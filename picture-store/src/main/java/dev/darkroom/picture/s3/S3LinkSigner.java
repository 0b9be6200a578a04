package dev.darkroom.picture.s3;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Signs URLs with which anyone may GET one object for a while. */
final class S3LinkSigner {
  private final S3Presigner presigner;
  private final String bucket;

  S3LinkSigner(S3Presigner presigner, String bucket) {
    this.presigner = presigner;
    this.bucket = bucket;
  }

  URI sign(String key, Duration lifetime, String disposition) {
    var signed =
        presigner.presignGetObject(request ->
            request
                .signatureDuration(lifetime)
                .getObjectRequest(
                    get -> get.bucket(bucket).key(key).responseContentDisposition(disposition)));
    return URI.create(signed.url().toExternalForm());
  }

  String origin() {
    URI any = sign("any", Duration.ofMinutes(1), "inline");
    return any.getScheme() + "://" + any.getRawAuthority();
  }
}
